import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Cluster } from 'ioredis';

/** Stands before a port of this machine, and hears what is asked there. */
interface WatchedPort {
  readonly port: number;
  /** What was asked since this was called last: an entry is a round trip. */
  take(): readonly string[];
  close(): void;
}

/** Hears one connection's bytes, and tells of what they ask. */
type Listen = (tell: (question: string) => void) => (bytes: Buffer) => void;

/** The statements that PostgreSQL is sent, in one line each. */
export function watchPostgres(target: () => number): Promise<WatchedPort> {
  return watch(target, (tell) => {
    let unread = Buffer.alloc(0);
    let hasBegun = false;
    let parsed: string[] = [];
    return (bytes) => {
      unread = Buffer.concat([unread, bytes]);
      for (;;) {
        // A type of one byte, which only the first message of a connection lacks; then the length, itself included.
        const head = hasBegun ? 1 : 0;
        if (unread.length < head + 4) return;
        const end = head + unread.readInt32BE(head);
        if (unread.length < end) return;
        const type = hasBegun ? unread.toString('latin1', 0, 1) : 'start-up';
        const texts = unread.toString('utf8', head + 4, end).split('\0');
        unread = unread.subarray(end);
        hasBegun = true;
        if (type === 'Q') tell(inOneLine(texts[0]));
        // Parse: the statement's name, then its text. Nobody waits for an answer before Sync.
        if (type === 'P') parsed.push(inOneLine(texts[1]));
        if (type === 'S') {
          tell(parsed.join('; '));
          parsed = [];
        }
      }
    };
  });
}

const inOneLine = (text = '') => text.replaceAll(/\s+/g, ' ').trim();

/** The actions that AWS is asked for, as `AmazonSQS.SendMessage`. */
export function watchAws(target: () => number): Promise<WatchedPort> {
  return watch(target, (tell) => (bytes) => {
    for (const [, action = ''] of bytes.toString('latin1').matchAll(/^x-amz-target: *(\S+)/gim)) {
      tell(action.replace(/_\d+/, ''));
    }
  });
}

async function watch(target: () => number, listen: Listen): Promise<WatchedPort> {
  let asked: string[] = [];
  const server = createServer((client) => {
    const engine = connect(target(), '127.0.0.1');
    client.on(
      'data',
      listen((question) => asked.push(question)),
    );
    client.pipe(engine).pipe(client);
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const take = () => {
    const before = asked;
    asked = [];
    return before;
  };
  const port = typeof address === 'object' && address ? address.port : 0;
  return { port, take, close: () => void server.close() };
}

type Command = readonly string[];

/**
 * The commands that the nodes of a cluster are sent, each with its arguments; not what a script does. It must be
 * a cluster that nobody else uses.
 */
export async function watchRedis(url: string) {
  const cluster = new Cluster([url]);
  await once(cluster, 'ready');
  const nodes = cluster.nodes('master');
  let asked: Command[] = [];
  const monitors = await Promise.all(nodes.map((node) => node.monitor()));
  for (const monitor of monitors) {
    monitor.on('monitor', (_: string, command: Command, source: string) => {
      if (source !== 'lua') asked.push(command);
    });
  }

  let marks = 0;
  return {
    /** What was asked since this was called last, in no order: each node tells of its own. */
    take: async (): Promise<readonly Command[]> => {
      // Nodes tell of a command after they have answered it. What comes after a mark has been told.
      const mark = `mark ${(marks += 1)}`;
      const isMark = (command: Command) => command[1] === mark;
      await Promise.all(nodes.map((node) => node.echo(mark)));
      while (asked.filter(isMark).length < nodes.length) {
        await Promise.race(monitors.map((monitor) => once(monitor, 'monitor')));
      }
      const before = asked.filter((command) => !isMark(command));
      asked = [];
      return before;
    },
    close: () => {
      for (const each of [...monitors, cluster]) each.disconnect();
    },
  };
}

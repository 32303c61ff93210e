import { once } from 'node:events';
import { Cluster, Redis } from 'ioredis';
import type { CommonRedisOptions } from 'ioredis';

export interface RedisSettings {
  /** `redis://` or `rediss://`, used as written. */
  readonly url: string;
  /** Which client to use. Said by configuration, never guessed from what the server answers. */
  readonly mode: 'cluster' | 'single';
  readonly onConnect: () => void;
  readonly onError: (error: Error) => void;
}

/** What is asked of Redis. A script's keys share one hash tag: production is a cluster. */
export interface RedisConnection {
  ping(): Promise<void>;
  evaluate(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown>;
  /** A piece of a text, which is as much shorter as the text is. */
  getRange(key: string, first: number, last: number): Promise<string>;
  close(): void;
}

const COMMAND_TIMEOUT_MS = 300;
const CONNECT_TIMEOUT_MS = 1000;
/** A connection that answers nothing for so long is given up: a host that was lost never says so. */
const SILENCE_MS = 2000;

/** Redis makes things fast and polite, so no request may wait for it for long: fail soon, go on without. */
const impatient = {
  lazyConnect: true,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  maxRetriesPerRequest: 1,
  // What was sent and not answered may have been done: sending it again could do it twice. The cluster's client
  // does send again what a closed connection took with it: scripts that must act once know themselves by an id.
  autoResendUnfulfilledCommands: false,
} satisfies CommonRedisOptions;

/** Connects with the first command, and by itself again whenever the connection is lost. */
export function openRedis(settings: RedisSettings): RedisConnection {
  const client =
    settings.mode === 'cluster' ? clusterClient(settings.url) : singleClient(settings.url);
  client.on('error', settings.onError);
  client.on('ready', settings.onConnect);

  let started: Promise<void> | undefined;
  const ready = async () => {
    await (started ??= connectOnce(client));
    return client;
  };
  return {
    ping: async () => {
      await (await ready()).ping();
    },
    evaluate: async (script, keys, args) =>
      (await ready()).eval(script, keys.length, ...keys, ...args),
    getRange: async (key, first, last) => (await ready()).getrange(key, first, last),
    close: () => client.disconnect(),
  };
}

/**
 * With no offline queue a command before `ready` fails, so the first one waits, but not for long. If that
 * was too short it fails, and the client goes on trying to connect behind it.
 */
async function connectOnce(client: Redis | Cluster): Promise<void> {
  const patience = { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) };
  try {
    // A refused connection is known at once; it is also reported as an error, and tried again.
    await Promise.race([client.connect(), once(client, 'ready', patience)]);
    // A cluster is ready with its first node, but refuses commands for those that still connect.
    const nodes = client instanceof Cluster ? client.nodes('master') : [];
    const pending = nodes.filter((node) => node.status !== 'ready');
    await Promise.all(pending.map((node) => once(node, 'ready', patience)));
  } catch {
    // The command that follows tells what is wrong.
  }
}

function singleClient(url: string): Redis {
  return new Redis(url, { ...impatient, enableOfflineQueue: false });
}

function clusterClient(url: string): Cluster {
  const { protocol, username, password } = new URL(url);
  const cluster = new Cluster([url], {
    lazyConnect: true,
    enableOfflineQueue: false,
    // It is one command for a connection, its greetings and an answer: a Redis that takes 100 ms to answer would
    // never pass it, and what it finds is found by the first command, too.
    enableReadyCheck: false,
    // Enough for one more try after a lost connection: lost, refused while it is made again, asked of any
    // node, MOVED to the right one. With fewer most such commands failed, with these none did.
    maxRedirections: 4,
    retryDelayOnFailover: 50,
    // Certificates name hosts: do not look up addresses to connect to instead.
    dnsLookup: (address, callback) => callback(null, address),
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    redisOptions: {
      ...impatient,
      // What the URL says holds for the nodes that the first one names, too.
      ...(protocol === 'rediss:' && { tls: {} }),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    },
  });
  // Left to itself, a node is connected with its first command, and the second one would be refused. Not
  // before `ready`: until then it is known by the URL alone, and may go by another name.
  const connectNodes = () => {
    for (const node of cluster.nodes('master')) {
      if (node.status === 'wait') node.connect().catch(() => undefined);
    }
  };
  cluster.on('ready', connectNodes);
  cluster.on('+node', () => {
    if (cluster.status === 'ready') connectNodes();
  });
  return cluster;
}

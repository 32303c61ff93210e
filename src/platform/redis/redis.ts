import { once } from 'node:events';
import { Cluster, Redis } from 'ioredis';
import type { CommonRedisOptions } from 'ioredis';

export interface RedisSettings {
  /** `redis://` or `rediss://`, used as written. */
  readonly url: string;
  /** Which client to use. It is configured, never guessed from the server's answers. */
  readonly mode: 'cluster' | 'single';
  readonly onConnect: () => void;
  readonly onError: (error: Error) => void;
}

/** The commands that we use. All keys of a script must share one hash tag, because production is a cluster. */
export interface RedisConnection {
  ping(): Promise<void>;
  evaluate(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown>;
  /** A piece of a text. If the text ends earlier, the piece is shorter. */
  getRange(key: string, first: number, last: number): Promise<string>;
  close(): void;
}

const COMMAND_TIMEOUT_MS = 300;
const CONNECT_TIMEOUT_MS = 1000;
/** A connection that answers nothing for this long is closed: a lost host does not close it. */
const SILENCE_MS = 2000;

/** No request may wait long for Redis, which only makes things fast and polite. It fails soon, and goes on without. */
const impatient = {
  lazyConnect: true,
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  maxRetriesPerRequest: 1,
  // A command that got no answer may have run, and sending it again could run it twice. The cluster's client still
  // sends commands again when a connection closes. So scripts that must act once recognise a repetition by an id.
  autoResendUnfulfilledCommands: false,
} satisfies CommonRedisOptions;

/** Connects with the first command, and reconnects whenever the connection is lost. */
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
 * Without an offline queue, a command before `ready` fails. So the first command waits, but not for long. If that was
 * too short, the command fails, and the client goes on connecting in the background.
 */
async function connectOnce(client: Redis | Cluster): Promise<void> {
  const patience = { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) };
  try {
    // A refused connection ends the wait at once. The client also reports it as an error, and tries again.
    await Promise.race([client.connect(), once(client, 'ready', patience)]);
    // A cluster is ready with its first node, but refuses commands for nodes that are still connecting.
    const nodes = client instanceof Cluster ? client.nodes('master') : [];
    const pending = nodes.filter((node) => node.status !== 'ready');
    await Promise.all(pending.map((node) => once(node, 'ready', patience)));
  } catch {
    // The next command will fail with the reason.
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
    // The check has the time of one command for connecting, greeting and an answer. A Redis that takes 100 ms to answer
    // would never pass it. The first command finds the same faults.
    enableReadyCheck: false,
    // Enough for one more try after a lost connection: lost, refused while it is made again, asked of any
    // node, MOVED to the right one. With fewer most such commands failed, with these none did.
    maxRedirections: 4,
    retryDelayOnFailover: 50,
    // Certificates name hosts, so connect to the host's name and not to its address.
    dnsLookup: (address, callback) => callback(null, address),
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    redisOptions: {
      ...impatient,
      // The same settings for the nodes that the first node names.
      ...(protocol === 'rediss:' && { tls: {} }),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    },
  });
  // Otherwise a node would connect with its first command and refuse the second. This must not run before `ready`:
  // until then a node is known only by the URL, and may get another name.
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

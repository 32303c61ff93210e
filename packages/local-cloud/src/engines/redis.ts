import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { startEngineProcess } from './engine-process.ts';
import type { EngineProcess } from './engine-process.ts';
import { freePort } from './free-port.ts';
import { joinCluster } from './redis-cluster.ts';

export interface RedisEngine {
  readonly url: string;
  /** Which client speaks to it; said, never guessed, by whoever configures a function. */
  readonly mode: 'cluster' | 'single';
  readonly stop: () => Promise<void>;
}

export interface RedisOptions {
  /** Where the data is kept; without it the data lies in memory and ends with the engine. */
  readonly dataFolder?: string;
}

const NODES = 3;
const CLUSTER_BUS = 10_000;

/** Where a project may put a server of its own, or a link to one, in the folder that it is started from. */
const OWN_SERVER = '.local-cloud/bin/redis-server';

/** A Redis or Valkey of at least 7.0: the project's own, or else the machine's. */
export function redisServer(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const installed = ['redis-server', 'valkey-server'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const found = [resolve(OWN_SERVER), ...installed].find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `No Redis is found: put redis-server (7 or newer) on the PATH, or a link to it at ${OWN_SERVER}.`,
  );
}

/** A Redis cluster of three nodes, as production is one; `REDIS_URL` names a Redis that runs already. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisEngine> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return useGiven(given);

  const temporary = options.dataFolder === undefined;
  const folders = await nodeFolders(options.dataFolder);
  const nodes: { port: number; server: EngineProcess }[] = [];
  for (const folder of folders) nodes.push(await startNode(folder, temporary));
  await joinCluster(nodes.map((node) => node.port));
  return {
    url: `redis://127.0.0.1:${nodes[0]?.port}`,
    mode: 'cluster',
    stop: async () => {
      await Promise.all(nodes.map((node) => node.server.stop()));
    },
  };
}

async function nodeFolders(dataFolder: string | undefined): Promise<string[]> {
  const names = Array.from({ length: NODES }, (_, index) => `node-${index}`);
  if (dataFolder === undefined) {
    return Promise.all(names.map((name) => mkdtemp(join(tmpdir(), `local-cloud-redis-${name}-`))));
  }
  const folders = names.map((name) => join(dataFolder, name));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  return folders;
}

async function startNode(folder: string, temporary: boolean) {
  const port = await freePort([CLUSTER_BUS]);
  const options = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: temporary ? 'no' : 'yes',
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-node-timeout': 5000,
    // Without it a node does not know its own address, and the client never gets ready.
    'cluster-announce-ip': '127.0.0.1',
  };
  const server = startEngineProcess({
    name: 'Redis',
    command: redisServer(),
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    logFile: join(folder, 'redis.log'),
    stopSignal: 'TERM',
    temporaryFolder: temporary ? folder : undefined,
  });
  await server.until(() => answers(port));
  return { port, server };
}

async function answers(port: number): Promise<boolean> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function useGiven(url: string): Promise<RedisEngine> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const cluster = (await client.info('cluster')).includes('cluster_enabled:1');
    return { url, mode: cluster ? 'cluster' : 'single', stop: async () => undefined };
  } catch (cause) {
    const message = 'The Redis that REDIS_URL names does not answer: start it, or unset REDIS_URL.';
    throw new Error(message, { cause });
  } finally {
    client.disconnect();
  }
}

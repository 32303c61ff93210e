import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EngineProcess,
  freePort,
  joinCluster,
  redisServer,
  startEngineProcess,
} from 'local-cloud/engines';
import { openDoor, type Door } from '../faults/door.ts';
import { whenDone } from './when-done.ts';

const SERVER = redisServer();
const NODES = 3;
const CLUSTER_BUS = 10_000;

/** A Redis cluster that may be disturbed. Its nodes name their doors to clients, who so never pass beside them. It ends with the test file. */
export interface RedisBehindDoors {
  readonly url: string;
  readonly doors: readonly Door[];
  /** Its nodes themselves, past their doors. */
  readonly ports: readonly number[];
  /** Ends its processes, and with them all that they kept. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Node {
  readonly folder: string;
  readonly port: number;
  readonly door: Door;
}

/** A port that was free may be somebody's by the time that it is wanted: then with others. */
export async function redisBehindDoors(triesLeft = 3): Promise<RedisBehindDoors> {
  try {
    return await makeCluster();
  } catch (error) {
    if (triesLeft === 1) throw error;
    return redisBehindDoors(triesLeft - 1);
  }
}

async function makeCluster(): Promise<RedisBehindDoors> {
  const nodes: Node[] = [];
  for (let i = 0; i < NODES; i += 1) nodes.push(await makeNode());
  let running: readonly EngineProcess[] = [];
  const stop = async () => {
    await Promise.all([
      ...running.map((each) => each.stop()),
      ...nodes.map(({ door }) => door.shut()),
    ]);
    running = [];
  };
  const start = async () => {
    if (running.length > 0) return;
    await Promise.all(nodes.map(({ door }) => door.open()));
    running = nodes.map(startNode);
    await Promise.all(running.map((each, i) => each.until(() => isReady(nodes[i]))));
    // It asks through the doors, until all of them answer.
    await joinCluster(nodes.map(({ door }) => door.port));
  };
  const remove = async () => {
    await stop();
    await Promise.all(nodes.map(({ folder }) => rm(folder, { recursive: true, force: true })));
  };
  await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  whenDone(remove);
  return {
    url: `redis://127.0.0.1:${nodes[0]?.door.port}`,
    doors: nodes.map(({ door }) => door),
    ports: nodes.map(({ port }) => port),
    stop,
    start,
  };
}

/** By its own word: at its port somebody else may listen. */
async function isReady(node: Node | undefined): Promise<boolean> {
  const log = node && (await readFile(join(node.folder, 'redis.log'), 'utf8'));
  return log?.includes('Ready to accept connections') === true;
}

async function makeNode(): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'weelo-redis-behind-door-'));
  const port = await freePort();
  return { folder, port, door: await openDoor(port, await freePort([CLUSTER_BUS])) };
}

function startNode({ folder, port, door }: Node): EngineProcess {
  const options = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-announce-ip': '127.0.0.1',
    'cluster-announce-port': door.port,
    // As the other engines have it: with Redis' own 15 s it takes the nodes 14 s to meet.
    'cluster-node-timeout': 5000,
    // Nodes meet each other by the door's number, but not through the door.
    'cluster-port': door.port + CLUSTER_BUS,
  };
  return startEngineProcess({
    name: 'Redis',
    command: SERVER,
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    logFile: join(folder, 'redis.log'),
    stopSignal: 'TERM',
  });
}

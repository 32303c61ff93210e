import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const SLOTS = 16_384;
const TIMEOUT_MS = 20_000;

/**
 * Makes one cluster of the nodes at these ports: each takes its share of the slots, all are introduced to
 * each other. Nodes that were a cluster before keep their slots and only learn each other's new ports.
 */
export async function joinCluster(ports: readonly number[]): Promise<void> {
  const nodes = ports.map((port) => new Redis({ port, host: '127.0.0.1' }));
  try {
    await Promise.all(nodes.map((node, index) => takeSlots(node, index, nodes.length)));
    await Promise.all(nodes.map((node) => meetAll(node, ports)));
    await Promise.all(nodes.map((node) => untilWhole(node, ports)));
  } finally {
    for (const node of nodes) node.disconnect();
  }
}

async function takeSlots(node: Redis, index: number, nodes: number): Promise<void> {
  if (isWhole(await node.call('CLUSTER', 'INFO'))) return;
  const first = Math.floor((index * SLOTS) / nodes);
  const last = Math.floor(((index + 1) * SLOTS) / nodes) - 1;
  try {
    await node.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
  } catch (error) {
    // Its own slots, remembered from a start that was cut off before the nodes had met.
    if (!String(error).includes('already busy')) throw error;
  }
}

async function meetAll(node: Redis, ports: readonly number[]): Promise<void> {
  for (const port of ports) await node.call('CLUSTER', 'MEET', '127.0.0.1', String(port));
}

/** Whole, and every node knows every other under the port that it has now. */
async function untilWhole(node: Redis, ports: readonly number[]): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const [info, known] = [await node.call('CLUSTER', 'INFO'), await node.call('CLUSTER', 'NODES')];
    const ready = String(info).includes('cluster_state:ok') && isWhole(info);
    if (ready && ports.every((port) => String(known).includes(`127.0.0.1:${port}@`))) return;
    if (performance.now() > deadline) {
      throw new Error(`The Redis nodes did not form a cluster within ${TIMEOUT_MS / 1000} s.`);
    }
    await sleep(20);
  }
}

function isWhole(clusterInfo: unknown): boolean {
  return String(clusterInfo).includes(`cluster_slots_assigned:${SLOTS}`);
}

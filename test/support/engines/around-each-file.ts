import { Cluster } from 'ioredis';
import { afterAll } from 'vitest';
import { redisOfWorker } from './redis-of-worker.ts';
import { endAll } from './when-done.ts';

// Before each test file: nothing is counted yet, for no address, and nobody is anywhere.
const cluster = new Cluster([redisOfWorker().url]);
await cluster.ping();
await Promise.all(cluster.nodes('master').map((node) => node.flushall()));
cluster.disconnect();

afterAll(endAll);

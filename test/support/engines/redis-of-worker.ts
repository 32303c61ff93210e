import { inject } from 'vitest';

/** The Redis of this test file: its worker's, which was emptied before it. */
export function redisOfWorker() {
  const redis = inject('redis')[Number(process.env['VITEST_POOL_ID']) - 1];
  if (!redis) throw new Error('No Redis was started for this worker');
  return redis;
}

import { Redis } from 'ioredis';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { startRedis } from 'local-cloud/engines';
import { openRedis } from '../../src/platform/redis/redis.ts';
import type { RedisSettings } from '../../src/platform/redis/redis.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';

const GET = `return redis.call('GET', KEYS[1])`;
const SET = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)`;

function open(settings: Pick<RedisSettings, 'url' | 'mode'>) {
  const onConnect = vi.fn<() => void>();
  const onError = vi.fn<(error: Error) => void>();
  const redis = openRedis({ ...settings, onConnect, onError });
  afterAll(() => redis.close());
  return { redis, onConnect, onError };
}

async function timed<T>(
  work: Promise<T>,
): Promise<{ result: PromiseSettledResult<T>; ms: number }> {
  const start = performance.now();
  const [result] = await Promise.allSettled([work]);
  return { result, ms: performance.now() - start };
}

describe('against the cluster', () => {
  test('the first command waits until it is connected, and that is told once', async () => {
    const { redis, onConnect, onError } = open(redisOfWorker());
    expect(onConnect).not.toHaveBeenCalled();
    await redis.ping();
    await redis.ping();
    expect(onConnect).toHaveBeenCalledOnce();
    expect(onError).not.toHaveBeenCalled();
  });

  test('keys on every node are reached', async () => {
    const { redis } = open(redisOfWorker());
    const keys = Array.from({ length: 30 }, (_, index) => `redis-test:${index}`);
    await Promise.all(keys.map((key) => redis.evaluate(SET, [key], [key])));
    expect(await Promise.all(keys.map((key) => redis.evaluate(GET, [key], [])))).toEqual(keys);
  });

  test.runIf(redisOfWorker().mode === 'cluster')(
    'a script whose keys lie apart is refused, one whose keys share a hash tag is not',
    async () => {
      const { redis } = open(redisOfWorker());
      await expect(redis.evaluate('return 1', ['a', 'b'], [])).rejects.toThrow('same slot');
      expect(await redis.evaluate('return 1', ['{order}:a', '{order}:b'], [])).toBe(1);
    },
  );
});

describe('on a cluster of its own, which may be disturbed', async () => {
  vi.stubEnv('REDIS_URL', '');
  const engine = await startRedis();
  vi.unstubAllEnvs();
  const control = new Redis(engine.url);
  afterAll(async () => {
    control.disconnect();
    await engine.stop();
  });
  const slotOf = (key: string) => control.cluster('KEYSLOT', key);
  const keyHere = async () => {
    for (let index = 0; ; index += 1) {
      // The first of three nodes holds the first third of the slots.
      if ((await slotOf(`frozen:${index}`)) < 5461) return `frozen:${index}`;
    }
  };

  test('the first commands go straight to their nodes', async () => {
    const { redis } = open(engine);
    const keys = Array.from({ length: 30 }, (_, index) => `straight:${index}`);
    await Promise.all(keys.map((key) => redis.evaluate(SET, [key], ['x'])));
    // A command for a node that is not connected yet is sent to any other, which counts an error.
    const ports = String(await control.call('CLUSTER', 'NODES')).matchAll(/127\.0\.0\.1:(\d+)@/g);
    for (const [, port] of ports) {
      const node = new Redis({ port: Number(port), host: '127.0.0.1' });
      expect(await node.info('errorstats')).not.toContain('MOVED');
      node.disconnect();
    }
  });

  test('a command to a frozen node fails after the command time-out, and works again after the frost', async () => {
    const { redis } = open(engine);
    const key = await keyHere();
    await redis.evaluate(SET, [key], ['kept']);
    await control.client('PAUSE', 1500, 'ALL');
    const { result, ms } = await timed(redis.evaluate(GET, [key], []));
    expect(result).toMatchObject({ status: 'rejected', reason: { message: 'Command timed out' } });
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(2000);
    await vi.waitFor(async () => expect(await redis.evaluate(GET, [key], [])).toBe('kept'), 10_000);
  });

  test('a command that meets a lost connection is tried once more', async () => {
    const { redis } = open(engine);
    const key = await keyHere();
    await redis.evaluate(SET, [key], ['kept']);
    for (let round = 0; round < 5; round += 1) {
      await control.call('CLIENT', 'KILL', 'TYPE', 'normal');
      expect(await redis.evaluate(GET, [key], [])).toBe('kept');
    }
  });
});

describe.each(['cluster', 'single'] as const)('when nothing is there (%s)', (mode) => {
  test('a command fails soon, and the process lives', async () => {
    const { redis, onError } = open({ url: 'redis://127.0.0.1:9', mode });
    const { result, ms } = await timed(redis.ping());
    expect(result.status).toBe('rejected');
    expect(ms).toBeLessThan(3000);
    const again = await timed(redis.ping());
    expect(again.result.status).toBe('rejected');
    expect(again.ms).toBeLessThan(2000);
    expect(onError).toHaveBeenCalled();
  });
});

test('rediss:// is honoured as written: a plain server is not spoken to', async () => {
  const { url, mode } = redisOfWorker();
  const { redis } = open({ url: url.replace('redis://', 'rediss://'), mode });
  await expect(redis.ping()).rejects.toThrow(/ready|timed out|closed/);
});

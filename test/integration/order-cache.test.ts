import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openOrderCache, type OrderCache } from '../../src/orders/order/order-cache.ts';
import type { OrderSnapshot } from '../../src/orders/order/order-snapshot.ts';
import { openRedis } from '../../src/platform/redis/redis.ts';
import { orderWorld } from '../support/worlds/order-world.ts';
import { redisOfWorker } from '../support/engines/redis-of-worker.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
let cache: OrderCache;
let at: (eventVersion: number) => OrderSnapshot;
let orderId: string;

beforeAll(async () => {
  world = await orderWorld();
  cache = openOrderCache(openRedis({ ...redisOfWorker(), onConnect() {}, onError() {} }));
});
beforeEach(async () => {
  const { token } = await world.customer();
  const { body } = await world.place(token);
  orderId = body?.order.id ?? '';
  await world.orders.getOrder({ token, params: { id: orderId } });
  const read = await cache.find(orderId);
  if (!read) throw new Error('What was read is not in the cache');
  at = (eventVersion) => ({ ...read, order: { ...read.order, eventVersion } });
  await world.redis.del(`order:${orderId}`);
});

const announce = (eventVersion: number) => cache.supersede([{ orderId, eventVersion }]);
const versionFound = async () => (await cache.find(orderId))?.order.eventVersion;

describe('what is cached of an order', () => {
  test('is never replaced by something older', async () => {
    await cache.keep(at(3));
    await cache.keep(at(2));
    expect(await versionFound()).toBe(3);
    await cache.keep(at(4));
    expect(await versionFound()).toBe(4);
  });

  test('is not believed once a newer version is announced, nor what a slow reader brings then', async () => {
    await cache.keep(at(1));
    expect(await announce(2)).toBe(true);
    expect(await versionFound()).toBeUndefined();
    await cache.keep(at(1));
    expect(await versionFound()).toBeUndefined();
    await cache.keep(at(2));
    expect(await versionFound()).toBe(2);
  });

  test('outlives the announcement of an older version, or of its own', async () => {
    await cache.keep(at(3));
    expect([await announce(2), await announce(3)]).toEqual([true, true]);
    expect(await versionFound()).toBe(3);
  });

  test('is announced anew where a transaction was rolled back, and lives as long again', async () => {
    await announce(2);
    await world.redis.expire(`order:${orderId}`, 5);
    expect(await announce(2)).toBe(true);
    expect(await world.redis.ttl(`order:${orderId}`)).toBeGreaterThan(50);
    await cache.keep(at(1));
    expect(await versionFound()).toBeUndefined();
  });
});

test('a cache that is away says so of an announcement, and finds nothing', async () => {
  const away = openOrderCache({
    evaluate: () => Promise.reject(new Error('Connection is closed.')),
  });
  expect(await away.supersede([{ orderId, eventVersion: 2 }])).toBe(false);
  expect(await away.find(orderId)).toBeUndefined();
});

import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { orderAtSea } from '../../src/canary/order-at-sea.ts';
import { documentedOrder, orderWorld } from '../support/worlds/order-world.ts';
import { writtenMetrics } from '../support/written-metrics.ts';

// Metrics are configured when the first function is loaded.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'false';
});

const world = await orderWorld();
afterEach(() => vi.restoreAllMocks());

const atSea = orderAtSea(900);
let tests = 0;

async function testCustomer() {
  tests += 1;
  const id = randomUUID();
  const phone = `00000${String(tests).padStart(5, '0')}`;
  await world.sql(`INSERT INTO weelo.users (id, role, phone) VALUES ($1, 'customer', $2)`, [
    id,
    phone,
  ]);
  return world.sign({ sub: id, sid: randomUUID() });
}

const realCustomer = async () => (await world.customer()).token;

/** The whole life of an order, in every function that takes part. */
async function placeAndCancel(token: string): Promise<void> {
  const { body } = await world.place(token, { order: atSea });
  const id = body?.order.id ?? expect.fail('Not placed');
  for (const wave of [1, 2]) await world.tellDispatch({ kind: 'search-wave', orderId: id, wave });
  const ended = await world.orders.cancelOrder({ token, params: { id }, body: {} });
  expect(ended.body?.status).toBe('cancelled');
}

async function placeAndExpire(token: string): Promise<void> {
  const { body } = await world.place(token, { order: atSea });
  const id = body?.order.id ?? expect.fail('Not placed');
  await world.age(id, 61);
  await world.reconcile();
  expect((await world.orders.getOrderStatus({ token, params: { id } })).body?.status).toBe(
    'expired',
  );
}

const publishedOf = async (token: string) => {
  const { body } = await world.orders.listOrders({ token, query: {} });
  const orders = body?.orders.map(({ id }) => id) ?? [];
  const rows = await world.sql<{ name: string }>(
    `SELECT message ->> 'name' AS name FROM weelo.outbox
     WHERE message ->> 'kind' = 'domain-event' AND order_id = ANY ($1::uuid[])`,
    [orders],
  );
  return rows.map(({ name }) => name);
};

describe('an order of a test number', () => {
  test.each([
    ['pickup', { ...atSea, pickup: documentedOrder.pickup }],
    ['drop', { ...atSea, drop: documentedOrder.drop }],
    [
      'routePoints.0',
      {
        ...atSea,
        routePoints: [
          { ...atSea.pickup, type: 'pickup' },
          { ...documentedOrder.pickup, type: 'stop' },
          { ...atSea.drop, type: 'drop' },
        ],
      },
    ],
  ])(
    'is refused if its %s is ashore, and a real customer may place the same',
    async (path, order) => {
      const { error } = await world.place(await testCustomer(), { order });
      expect(error).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ path, message: 'An order of a test number must lie at sea' }],
      });
      expect((await world.place(await realCustomer(), { order })).status).toBe(201);
    },
  );

  test('at sea is placed, as it is for a real customer', async () => {
    expect((await world.place(await testCustomer(), { order: atSea })).status).toBe(201);
    expect((await world.place(await realCustomer(), { order: atSea })).status).toBe(201);
  });

  test.each([
    [
      'cancelled',
      placeAndCancel,
      ['OffersInWave1', 'OffersInWave2', 'OrdersCancelled', 'OrdersPlaced'],
    ],
    ['expired', placeAndExpire, ['OrdersExpired', 'OrdersPlaced']],
  ] as const)(
    'that was %s is in no metric, and that of a real customer is',
    async (_, live, real) => {
      const metrics = writtenMetrics();
      const business = () => metrics.names().filter((each) => each.startsWith('O'));
      await live(await testCustomer());
      expect(business().filter((each) => each !== 'OutboxAge')).toEqual([]);
      await live(await realCustomer());
      expect(business()).toEqual(expect.arrayContaining([...real]));
    },
  );

  test('is not told to other systems, and that of a real customer is', async () => {
    const [machine, person] = [await testCustomer(), await realCustomer()];
    for (const token of [machine, person]) await placeAndCancel(token);
    expect(await publishedOf(machine)).toEqual([]);
    expect(await publishedOf(person)).toContain('OrderPlaced');
    expect(await publishedOf(person)).toContain('OrderCancelled');
  });
});

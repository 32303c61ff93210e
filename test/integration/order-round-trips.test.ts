import { beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { documentedOrder, orderWorld } from '../support/worlds/order-world.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];

beforeAll(async () => {
  const engines = await watchEngines();
  world = await orderWorld(engines.instead);
  costOf = engines.costOf;
  // What only a function's first call costs: connections, credentials, keys.
  const { token } = await world.customer();
  await world.place(token);
  // Both connections of its pool, one of which a transaction takes.
  await Promise.all([
    world.orders.listOrders({ token, query: {} }),
    world.orders.listOrders({ token, query: {} }),
  ]);
});

const session = 'DynamoDB.GetItem';
/** Against the limit of the route, and that of all routes: one question. */
const countOf = (route: string, user: string) => `eval rate:{${user}}:${route} rate:{${user}}:all`;
const noted = expect.stringMatching(/^UPDATE weelo.outbox SET relayed_at = /);
const transaction = (...statements: unknown[]) => ['BEGIN', ...statements, 'COMMIT'];
const placer = expect.stringMatching(
  /^SELECT .* FROM weelo.users AS u LEFT JOIN weelo.orders AS o /,
);
const whole = expect.stringMatching(
  /^SELECT o\.\*, .* FROM weelo.orders AS o JOIN weelo.users AS u /,
);

/** A customer whose session is known, with an order. */
async function placed() {
  const { id, token } = await world.customer();
  const key = randomUUID();
  const { body } = await world.place(token, { key });
  const orderId = body?.order.id ?? '';
  return { customerId: id, token, key, orderId, params: { id: orderId } };
}

test('placing an order: three scripts, three statements, two writes and three batches of messages', async () => {
  const { id, token } = await world.customer();
  await world.orders.checkActiveOrder({ token });
  const { outcome, cost } = await costOf(() => world.place(token));
  expect(outcome.status).toBe(201);
  expect(cost).toEqual({
    // To lock, and to unlock.
    redis: [`eval order:create:${id}`, `eval order:create:${id}`, countOf('placeOrder', id)],
    postgres: [
      placer,
      expect.stringMatching(/^WITH placed AS \( INSERT INTO weelo.orders /),
      noted,
    ],
    aws: [
      'DynamoDB.PutItem',
      'DynamoDB.UpdateItem',
      // Its timers before the commit, and after it its first wave and its domain event.
      'AmazonSQS.SendMessageBatch',
      'AmazonSQS.SendMessageBatch',
      'AmazonSQS.SendMessageBatch',
    ],
  });
});

test('in a session not seen before it is one look-up more', async () => {
  const { token } = await world.customer();
  const { cost } = await costOf(() => world.place(token));
  expect(cost.aws).toEqual([
    session,
    'DynamoDB.PutItem',
    'DynamoDB.UpdateItem',
    'AmazonSQS.SendMessageBatch',
    'AmazonSQS.SendMessageBatch',
    'AmazonSQS.SendMessageBatch',
  ]);
});

test('twenty trucks and stops cost no round trip more than one truck', async () => {
  const { token } = await world.customer();
  const [requirement] = documentedOrder.vehicleRequirements;
  const order = {
    ...documentedOrder,
    routePoints: [{ type: 'STOP', latitude: 28.57, longitude: 77.32, address: 'Mayur Vihar' }],
    vehicleRequirements: [{ ...requirement, quantity: 20 }],
  };
  const { outcome, cost } = await costOf(() => world.place(token, { order }));
  expect(outcome.body?.truckRequests).toHaveLength(20);
  const { redis, postgres, aws } = cost;
  expect([redis.length, postgres.length, aws.length]).toEqual([3, 3, 6]);
});

test('placing it again is one refused write, and nothing else of ours', async () => {
  const { token, key } = await placed();
  const { outcome, cost } = await costOf(() => world.place(token, { key }));
  expect(outcome.headers['idempotent-replayed']).toBe('true');
  // DynamoDB sends what stands there along with its refusal; the engine that plays it has to be asked for it.
  expect(cost).toEqual({
    redis: [],
    postgres: [],
    aws: ['DynamoDB.PutItem', 'DynamoDB.GetItem'],
  });
});

test('a status is one count and one look into the cache; only the first reads the order', async () => {
  const { customerId, token, orderId, params } = await placed();
  const ask = () => world.orders.getOrderStatus({ token, params });
  const first = await costOf(ask);
  const second = await costOf(ask);
  const counted = countOf('getOrderStatus', customerId);
  const cached = `eval order:${orderId}`;
  expect(first.cost).toEqual({ redis: [cached, cached, counted], postgres: [whole], aws: [] });
  expect(second.outcome.body).toMatchObject({ orderId, status: 'broadcasting' });
  expect(second.cost).toEqual({ redis: [cached, counted], postgres: [], aws: [] });
});

test('one call too many asks PostgreSQL nothing', async () => {
  const { token, params } = await placed();
  const others = Array.from({ length: 120 }, () =>
    world.orders.getOrderStatus({ token, params: { id: randomUUID() } }),
  );
  await Promise.all(others);
  const { outcome, cost } = await costOf(() => world.orders.getOrderStatus({ token, params }));
  expect(outcome).toMatchObject({ error: { code: 'RATE_LIMIT_EXCEEDED' } });
  expect(cost.postgres).toEqual([]);
});

test('an order is the same', async () => {
  const { customerId, token, orderId, params } = await placed();
  const ask = () => world.orders.getOrder({ token, params });
  const first = await costOf(ask);
  const second = await costOf(ask);
  const counted = countOf('getOrder', customerId);
  const cached = `eval order:${orderId}`;
  expect(first.cost).toEqual({ redis: [cached, cached, counted], postgres: [whole], aws: [] });
  expect(second.cost).toEqual({ redis: [cached, counted], postgres: [], aws: [] });
});

test('cancelling is one transaction, one event, and what was kept of it', async () => {
  const { customerId, token, orderId, params } = await placed();
  const { outcome, cost } = await costOf(() =>
    world.orders.cancelOrder({ token, params, body: {} }),
  );
  expect(outcome.body).toMatchObject({ status: 'cancelled' });
  const { postgres, ...others } = cost;
  expect(others).toEqual({
    redis: [`eval order:${orderId}`, countOf('cancelOrder', customerId)],
    aws: ['AmazonSQS.SendMessageBatch'],
  });
  expect(postgres).toEqual([
    ...transaction(
      expect.stringMatching(/^SELECT o\.id FROM weelo.orders .* FOR UPDATE OF o$/),
      whole,
      expect.stringMatching(/^WITH change AS MATERIALIZED /),
    ),
    noted,
    expect.stringMatching(/^SELECT .* FROM weelo.cancellations /),
  ]);
});

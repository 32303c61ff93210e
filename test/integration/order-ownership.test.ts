import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { routeKeysOf, type Route } from '../../src/contract/http/route.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import type { Send } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import { orderWorld } from '../support/worlds/order-world.ts';
import { answerTo, requestTo } from '../support/requests.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
let send: Send;
beforeAll(async () => {
  world = await orderWorld();
  const { handler } = await import('../../functions/orders.ts');
  send = into(handler);
});

type Customer = Awaited<ReturnType<typeof world.customer>>;
let owner: Customer;
let stranger: Customer;
let orderId: string;
let key: string;
beforeEach(async () => {
  [owner, stranger] = [await world.customer(), await world.customer()];
  key = randomUUID();
  const { body } = await world.place(owner.token, { key });
  orderId = body?.order.id ?? '';
});

/** A stranger among transporters and drivers walks theirs in market-ownership.test.ts. */
const ofOne = routesOf('orders')
  .filter(({ params, audience }: Route) => params !== undefined && audience.includes('customer'))
  .flatMap((route: Route) =>
    routeKeysOf(route).map((routeKey) => {
      const path = routeKey.replace(/^\S+ /, '') as `/${string}`;
      return [routeKey, { ...route, path }] as const;
    }),
  );

const ask = (route: Route, { token }: Customer, headers: Readonly<Record<string, string>> = {}) =>
  answerTo(send, requestTo(route, { token, params: { id: orderId }, headers }));

/** All that PostgreSQL has of the order. */
const kept = () =>
  world.sql(
    `SELECT to_jsonb(o) AS order, (SELECT jsonb_agg(t) FROM weelo.truck_requests t WHERE t.order_id = o.id) AS trucks,
            (SELECT jsonb_agg(e.id) FROM weelo.outbox e WHERE e.order_id = o.id) AS events,
            (SELECT jsonb_agg(c) FROM weelo.cancellations c WHERE c.order_id = o.id) AS cancellation
     FROM weelo.orders o WHERE o.id = $1`,
    [orderId],
  );

test.each(ofOne)(
  'P12: for a stranger %s knows no such order, and changes nothing',
  async (_, route) => {
    const before = await kept();
    expect(await ask(route, stranger)).toBe('ORDER_NOT_FOUND');
    // When the owner has looked, it is in the cache; and a key of the owner's is none of the stranger's.
    await world.orders.getOrder({ token: owner.token, params: { id: orderId } });
    expect(await ask(route, stranger, { 'x-idempotency-key': key })).toBe('ORDER_NOT_FOUND');
    expect(await kept()).toEqual(before);
    expect([200, 'CANCEL_NOT_BLOCKED']).toContain(await ask(route, owner));
  },
);

test("P12: a stranger's cancellation is no answer to the owner's, and the other way round", async () => {
  const route = routesOf('orders').find(({ id }) => id === 'cancelOrder') as Route;
  const headers = { 'x-idempotency-key': randomUUID() };
  expect(await ask(route, stranger, headers)).toBe('ORDER_NOT_FOUND');
  expect(await ask(route, owner, headers)).toBe(200);
  expect(await ask(route, stranger, headers)).toBe('ORDER_NOT_FOUND');
});

test('P12: lists have only what is one’s own, wherever they begin', async () => {
  const { body: own } = await world.place(stranger.token);
  const ownId = own?.order.id ?? '';
  const { token } = stranger;
  const all = await world.orders.listOrders({ token, query: {} });
  expect(all.body).toMatchObject({ total: 1, orders: [{ id: ownId }] });
  const before = await world.orders.listOrders({ token, query: { cursor: orderId } });
  expect(before.body).toMatchObject({ orders: [] });
  const older = await world.orders.listOrders({ token: owner.token, query: { cursor: ownId } });
  expect(older.body).toMatchObject({ total: 1, orders: [{ id: orderId }] });
  const bookings = await world.orders.listBookings({ token, query: {} });
  expect(bookings.body).toMatchObject({ total: 1, bookings: [{ id: ownId }] });
  const active = await world.orders.checkActiveOrder({ token });
  expect(active.body?.activeOrder?.orderId).toBe(ownId);
});

test("P2, P12: somebody else's key is a key like any other", async () => {
  const { status, body, headers } = await world.place(stranger.token, { key });
  expect(status).toBe(201);
  expect(body?.order.id).not.toBe(orderId);
  expect(body?.order.customerId).toBe(stranger.id);
  expect(headers['idempotent-replayed']).toBeUndefined();
});

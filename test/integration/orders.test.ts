import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient, type SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { clientOf } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import { documentedOrder, orderWorld } from '../support/worlds/order-world.ts';

const world = await orderWorld();

const count = async (customerId: string) => {
  const [row] = await world.sql<{ orders: number }>(
    'SELECT count(*)::int AS orders FROM weelo.orders WHERE customer_id = $1',
    [customerId],
  );
  return row?.orders;
};

/** As if Powertools' record of a key had run out. */
async function forgetKeys(): Promise<void> {
  const dynamo = new DynamoDBClient({});
  const TableName = world.variables.IDEMPOTENCY_TABLE;
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
  for (const { id } of Items) {
    if (id) await dynamo.send(new DeleteItemCommand({ TableName, Key: { id } }));
  }
}

async function placed() {
  const { id, token } = await world.customer();
  const { body } = await world.place(token);
  const orderId = body?.order.id ?? '';
  const params = { id: orderId };
  const state = async () => (await world.orders.getOrderStatus({ token, params })).body;
  const cancel = (reason?: string) =>
    world.orders.cancelOrder({ token, params, body: reason === undefined ? {} : { reason } });
  return { customerId: id, token, orderId, params, state, cancel };
}

describe('placing an order', () => {
  test('as the documents show it answers what the customer app reads', async () => {
    const { id, token } = await world.customer();
    const { status, body } = await world.place(token);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      order: {
        customerId: id,
        customerName: 'Asha',
        status: 'broadcasting',
        totalTrucks: 1,
        trucksFilled: 0,
        totalAmount: 500,
        distanceKm: 25,
        expiresIn: 60,
        pickup: { coordinates: { latitude: 28.5355, longitude: 77.391 }, lat: 28.5355 },
      },
      truckRequests: [
        {
          requestNumber: 1,
          vehicleType: 'mini',
          vehicleSubtype: 'Mini Truck - Tata Ace',
          pricePerTruck: 500,
          status: 'searching',
        },
      ],
      timeoutSeconds: 60,
      dispatchState: 'queued',
      recoveryHint: null,
    });
    const messages = await world.take('DISPATCH_QUEUE_URL');
    // With the id of the request, so that the wave's log lines have it.
    const requestId = 'gateway-request-id';
    expect(messages).toEqual([
      { kind: 'search-wave', orderId: body?.order.id, wave: 1, requestId },
    ]);
    const outbox = await world.sql(
      'SELECT id, queue, relayed_at FROM weelo.outbox WHERE order_id = $1 ORDER BY part',
      [body?.order.id],
    );
    expect(outbox).toEqual([
      { id: expect.any(String), queue: 'dispatch', relayed_at: expect.any(Date) },
      { id: expect.any(String), queue: 'notify', relayed_at: expect.any(Date) },
    ]);
    const read = await world.orders.getOrder({ token, params: { id: body?.order.id ?? '' } });
    expect(read.body?.order).toEqual({ ...body?.order, expiresIn: read.body?.order.expiresIn });
    expect(read.body?.requests).toEqual(body?.truckRequests);
  });

  test('queues the four waves of its search, and its end, before it is written', async () => {
    const { token } = await world.customer();
    const sent = vi.spyOn(SQSClient.prototype, 'send');
    const { body } = await world.place(token);
    const [first] = sent.mock.calls.map(([{ input }]) => input);
    sent.mockRestore();
    const { Entries = [] } = first as SendMessageBatchCommandInput;
    const orderId = body?.order.id;
    const requestId = 'gateway-request-id';
    const wave = (number: number) => ({ kind: 'search-wave', orderId, wave: number, requestId });
    expect(
      Entries.map((each) => [each.DelaySeconds, JSON.parse(each.MessageBody ?? '') as unknown]),
    ).toEqual([
      [2, wave(1)],
      [15, wave(2)],
      [30, wave(3)],
      [45, wave(4)],
      [60, { kind: 'search-deadline', orderId, requestId }],
    ]);
  });

  test('of several kinds with a stop keeps each truck, its price and ours, and the way', async () => {
    const { token } = await world.customer();
    const stop = { type: 'STOP', latitude: 28.57, longitude: 77.32, address: 'Mayur Vihar' };
    const order = {
      ...documentedOrder,
      distanceKm: 24.6,
      routePoints: [
        { type: 'PICKUP', ...documentedOrder.pickup },
        stop,
        { type: 'DROP', ...documentedOrder.drop },
      ],
      vehicleRequirements: [
        { vehicleType: 'open', vehicleSubtype: '17 Feet', quantity: 2, pricePerTruck: 3000 },
        {
          vehicleType: 'Trailer',
          vehicleSubtype: '8-11 Ton Trailer',
          quantity: 1,
          pricePerTruck: 9000,
        },
      ],
    };
    const { body } = await world.place(token, { order });
    expect(body?.order).toMatchObject({ totalTrucks: 3, totalAmount: 15_000, distanceKm: 25 });
    expect(body?.order.routePoints.map(({ type, address }) => [type, address])).toEqual([
      ['PICKUP', 'Noida'],
      ['STOP', 'Mayur Vihar'],
      ['DROP', 'Delhi'],
    ]);
    expect(
      body?.truckRequests.map((each) => [
        each.requestNumber,
        each.vehicleType,
        each.vehicleSubtype,
      ]),
    ).toEqual([
      [1, 'open', '17 Feet'],
      [2, 'open', '17 Feet'],
      [3, 'trailer', '8-11 Ton'],
    ]);
    expect(body?.truckRequests.every((each) => each.quotedPricePerTruck >= 2000)).toBe(true);
    expect(body?.broadcastSummary.groupedBy.map((each) => each.count)).toEqual([2, 1]);
    const read = await world.orders.getOrder({ token, params: { id: body?.order.id ?? '' } });
    expect(read.body?.order.routePoints).toEqual(body?.order.routePoints);
  });

  test('under the floor of its type is refused, and changes nothing', async () => {
    const { id, token } = await world.customer();
    const [requirement] = documentedOrder.vehicleRequirements;
    const order = {
      ...documentedOrder,
      vehicleRequirements: [{ ...requirement, pricePerTruck: 499 }],
    };
    const { error } = await world.place(token, { order });
    expect(error).toMatchObject({
      code: 'PRICE_TOO_LOW',
      status: 422,
      details: [
        { path: 'vehicleRequirements.0.pricePerTruck', message: 'Must be at least 500 rupees' },
      ],
    });
    expect(await count(id)).toBe(0);
  });
});

describe('P2: one intent', () => {
  test('makes one order, however often it is sent and by whichever path', async () => {
    const { id, token } = await world.customer();
    const key = randomUUID();
    const first = await world.place(token, { key });
    const again = await world.place(token, { key });
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(first.headers['idempotent-replayed']).toBeUndefined();

    const { handler } = await import('../../functions/orders.ts');
    const { placeOrder } = await import('../../src/contract/http/orders/routes.ts');
    const alias = { ...placeOrder, path: '/api/v1/bookings/orders', aliases: [] } as const;
    const byAlias = await clientOf([alias], into(handler)).placeOrder({
      token,
      idempotencyKey: key,
      body: documentedOrder,
    });
    expect(byAlias.body).toEqual(first.body);
    expect(await count(id)).toBe(1);
  });

  test('is known when its record is gone, and so is another body under its key', async () => {
    const { id, token } = await world.customer();
    const key = randomUUID();
    const first = await world.place(token, { key });
    await forgetKeys();
    const again = await world.place(token, { key });
    expect(again.status).toBe(201);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body?.order.id).toBe(first.body?.order.id);

    const other = { ...documentedOrder, distanceKm: 26 };
    expect((await world.place(token, { key, order: other })).error?.code).toBe(
      'IDEMPOTENCY_CONFLICT',
    );
    await forgetKeys();
    expect((await world.place(token, { key, order: other })).error).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      status: 422,
    });
    expect((await world.place(token, { key })).body?.order.id).toBe(first.body?.order.id);
    expect(await count(id)).toBe(1);
  });

  test('is the same with points that say no more than pickup and drop', async () => {
    const { token } = await world.customer();
    const key = randomUUID();
    const first = await world.place(token, { key });
    const { pickup, drop } = documentedOrder;
    const routePoints = [
      { type: 'PICKUP', ...pickup },
      { type: 'DROP', ...drop },
    ];
    const queued = await world.place(token, { key, order: { ...documentedOrder, routePoints } });
    expect(queued.body?.order.id).toBe(first.body?.order.id);
  });

  test('needs a key', async () => {
    const { token } = await world.customer();
    const { error } = await world.orders.placeOrder({ token, body: documentedOrder });
    expect(error?.code).toBe('MISSING_IDEMPOTENCY_KEY');
    expect((await world.place(token, { key: 'cancel_booking_1' })).status).toBe(201);
  });
});

describe('P1: a search that is open', () => {
  test('is in the way of another, and says which it is', async () => {
    const { token, orderId } = await placed();
    const { error } = await world.place(token);
    expect(error).toMatchObject({
      code: 'ACTIVE_ORDER_EXISTS',
      status: 409,
      data: { orderId, status: 'broadcasting', expiresAt: expect.any(String) },
    });
    expect(error?.message).toContain('active order');
  });

  test('is not, once it was cancelled', async () => {
    const { token, cancel } = await placed();
    await cancel();
    expect((await world.place(token)).status).toBe(201);
  });

  test('is not, once its deadline has passed, with every timer dead', async () => {
    const { token, orderId } = await placed();
    await world.age(orderId, 59);
    expect((await world.place(token)).error?.code).toBe('ACTIVE_ORDER_EXISTS');
    await world.age(orderId, 2);
    expect((await world.place(token)).status).toBe(201);
    const [old] = await world.sql('SELECT status FROM weelo.orders WHERE id = $1', [orderId]);
    expect(old).toEqual({ status: 'expired' });
  });

  test('of two at once with keys of their own is one', async () => {
    for (let i = 0; i < 10; i += 1) {
      const { id, token } = await world.customer();
      const both = await Promise.all([world.place(token), world.place(token)]);
      expect(both.filter(({ status }) => status === 201)).toHaveLength(1);
      const [refused] = both.flatMap(({ error }) => error ?? []);
      expect(['CONCURRENT_REQUEST', 'ACTIVE_ORDER_EXISTS']).toContain(refused?.code);
      expect(await count(id)).toBe(1);
    }
  });
});

describe('reading', () => {
  test('costs PostgreSQL nothing while nothing changes, and shows what does', async () => {
    const { orderId, state, cancel } = await placed();
    expect(await state()).toMatchObject({ orderId, status: 'broadcasting', isActive: true });
    // Behind everybody's back: who sees it, has asked PostgreSQL.
    await world.sql('UPDATE weelo.orders SET distance_km = 99 WHERE id = $1', [orderId]);
    const { token } = await placed();
    expect((await state())?.remainingSeconds).toBeGreaterThan(55);
    expect(await world.redis.ttl(`order:${orderId}`)).toBeGreaterThan(55);
    const read = await world.redis.hget(`order:${orderId}`, 'snapshot');
    expect(JSON.parse(read ?? '')).toMatchObject({ order: { distanceKm: 25 } });
    await cancel();
    expect(await state()).toMatchObject({ status: 'cancelled', isActive: false, eventVersion: 2 });
    expect(token).toBeDefined();
  });

  test('never shows a search past its deadline, whatever is cached', async () => {
    const { orderId, state, token, params } = await placed();
    await state();
    await world.age(orderId, 61);
    // As it is cached by then: a minute has passed for it, too.
    const key = `order:${orderId}`;
    const cached = (await world.redis.hget(key, 'snapshot')) ?? '';
    const past = new Date(Date.now() - 1000).toISOString();
    await world.redis.hset(
      key,
      'snapshot',
      cached.replace(/"expiresAt":"[^"]+"/, `"expiresAt":"${past}"`),
    );
    expect(await state()).toMatchObject({
      status: 'expired',
      isActive: false,
      remainingSeconds: 0,
      reasonCode: 'NO_ONLINE_TRANSPORTERS',
    });
    const { body } = await world.orders.getOrder({ token, params });
    expect(body?.summary).toMatchObject({ trucksSearching: 0, trucksExpired: 1 });
    expect(body?.requests[0]?.status).toBe('expired');
  });

  test("somebody else's order finds nothing", async () => {
    const { params, state } = await placed();
    await state();
    const { token } = await world.customer();
    const answers = [
      await world.orders.getOrder({ token, params }),
      await world.orders.getOrderStatus({ token, params }),
      await world.orders.previewCancellation({ token, params }),
      await world.orders.cancelOrder({ token, params, body: {} }),
      await world.orders.getBooking({ token, params }),
      await world.orders.listBookingTrucks({ token, params }),
      await world.orders.cancelBooking({ token, params, body: {} }),
    ];
    for (const { error } of answers) {
      expect(error).toMatchObject({ code: 'ORDER_NOT_FOUND', status: 404 });
    }
    expect(await state()).toMatchObject({ status: 'broadcasting' });
  });

  test('says which order there is to come back to', async () => {
    const { token } = await world.customer();
    const active = async () => (await world.orders.checkActiveOrder({ token })).body;
    expect(await active()).toEqual({ hasActiveOrder: false, activeOrder: null });
    const { body } = await world.place(token);
    const orderId = body?.order.id ?? '';
    expect(await active()).toMatchObject({ hasActiveOrder: true, activeOrder: { orderId } });
    await world.age(orderId, 61);
    expect(await active()).toMatchObject({ hasActiveOrder: false });
  });

  test('goes through a history page by page, newest first, and by status', async () => {
    const { token } = await world.customer();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const { body } = await world.place(token);
      ids.unshift(body?.order.id ?? '');
      if (i < 4) await world.age(ids[0] ?? '', 61);
    }
    const page = async (query: object) => (await world.orders.listOrders({ token, query })).body;
    const first = await page({ limit: 2 });
    const second = await page({ limit: 2, cursor: first?.nextCursor });
    const third = await page({ limit: 2, cursor: second?.nextCursor });
    const pages = [first, second, third].map((each) => each?.orders.map(({ id }) => id));
    expect(pages.flat()).toEqual(ids);
    expect(third).toMatchObject({ hasMore: false, nextCursor: null, total: 5 });
    expect((await page({ status: 'broadcasting' }))?.orders.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await page({ status: 'expired' }))?.total).toBe(4);
    expect(first?.orders[0]?.requestsSummary).toMatchObject({ total: 1, searching: 1 });

    const bookings = await world.orders.listBookings({ token, query: { page: 2, limit: 3 } });
    expect(bookings.body?.bookings.map(({ id }) => id)).toEqual(ids.slice(3));
    expect(bookings.body).toMatchObject({ total: 5, hasMore: false });
  });

  test('as a booking shows the first kind', async () => {
    const { token, params } = await placed();
    const { body } = await world.orders.getBooking({ token, params });
    expect(body?.booking).toMatchObject({
      vehicleType: 'mini',
      trucksNeeded: 1,
      pricePerTruck: 500,
    });
  });
});

describe('cancelling', () => {
  test('ends the search, says what it cost, and tells it once', async () => {
    while ((await world.take('NOTIFY_QUEUE_URL')).length > 0);
    const { customerId, orderId, token, params, cancel } = await placed();
    const preview = await world.orders.previewCancellation({ token, params });
    expect(preview.body).toMatchObject({ cancelDecision: 'allowed', pendingPenaltyAmount: 0 });
    const { body } = await cancel('Change of plans');
    expect(body).toMatchObject({
      orderId,
      status: 'cancelled',
      reason: 'Change of plans',
      cancelledAt: expect.any(String),
      eventVersion: 2,
    });
    expect(await world.told()).toEqual([
      expect.objectContaining({
        kind: 'event',
        id: body?.eventId,
        event: 'order_cancelled',
        to: [customerId],
        data: expect.objectContaining({ orderId, bookingId: orderId, eventVersion: 2 }),
      }),
    ]);
    const again = await cancel('Something else');
    expect(again.body).toMatchObject({
      status: 'cancelled',
      reason: 'Change of plans',
      eventId: null,
    });
    expect(await world.told()).toEqual([]);
    const trucks = await world.sql('SELECT status FROM weelo.truck_requests WHERE order_id = $1', [
      orderId,
    ]);
    expect(trucks).toEqual([{ status: 'cancelled' }]);
  });

  test('by key is answered again by key, also as a booking', async () => {
    const { token, params } = await placed();
    const key = 'cancel_booking_7f1e';
    const ask = () =>
      world.orders.cancelBooking({ token, params, idempotencyKey: key, body: { reason: 'x' } });
    const first = await ask();
    const again = await ask();
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test('past the deadline finds that there is nothing left to cancel', async () => {
    const { orderId, cancel, token } = await placed();
    await world.age(orderId, 61);
    const { status, body } = await cancel('retry_after_timeout');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'expired', cancelledAt: null });
    expect((await world.place(token)).status).toBe(201);
  });
});

describe('a cancellation whose answer was lost', () => {
  test('is seen by the next reader once it is asked again, whatever was cached', async () => {
    const { orderId, state, cancel } = await placed();
    await state();
    const cached = await world.redis.hgetall(`order:${orderId}`);
    await cancel();
    await world.redis.hset(`order:${orderId}`, cached);
    expect(await state()).toMatchObject({ status: 'broadcasting' });
    expect((await cancel()).body).toMatchObject({ status: 'cancelled', eventVersion: 2 });
    expect(await state()).toMatchObject({ status: 'cancelled', isActive: false });
  });
});

test('an order that cannot be ended does not keep the others from their end', async () => {
  const stuck = await placed();
  const other = await placed();
  for (const { orderId } of [stuck, other]) await world.age(orderId, 61);
  await world.sql(
    `INSERT INTO weelo.outbox (id, order_id, event_version, queue, message, relayed_at)
     VALUES (gen_random_uuid(), $1, 2, 'notify', '{}', now())`,
    [stuck.orderId],
  );
  await world.reconcile();
  const statuses = await world.sql<{ id: string; status: string }>(
    'SELECT id, status FROM weelo.orders WHERE id = ANY ($1)',
    [[stuck.orderId, other.orderId]],
  );
  expect(new Map(statuses.map(({ id, status }) => [id, status]))).toEqual(
    new Map([
      [stuck.orderId, 'broadcasting'],
      [other.orderId, 'expired'],
    ]),
  );
  await world.sql('DELETE FROM weelo.outbox WHERE order_id = $1 AND event_version = 2', [
    stuck.orderId,
  ]);
});

test('a search may be open while its first truck is on the way', async () => {
  const { orderId, state } = await placed();
  await world.sql(
    `UPDATE weelo.orders SET needed = 2, claimed = 1, filled = 1, status = 'in_progress' WHERE id = $1`,
    [orderId],
  );
  expect(await state()).toMatchObject({ isActive: true });
});

describe('a search', () => {
  test('whose wave is told twice at once begins it once', async () => {
    const { orderId } = await placed();
    const message = { kind: 'search-wave', orderId, wave: 1 };
    const outcome = await Promise.all([world.tellDispatch(message), world.tellDispatch(message)]);
    expect(outcome).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    const begun = await world.sql('SELECT wave, event_version FROM weelo.orders WHERE id = $1', [
      orderId,
    ]);
    expect(begun).toEqual([{ wave: 1, event_version: 2 }]);
    const events = await world.sql(
      `SELECT message->>'name' AS name FROM weelo.outbox WHERE order_id = $1 AND event_version > 1`,
      [orderId],
    );
    expect(events).toEqual([{ name: 'OrderOffered' }]);
  });

  test('ends by its deadline message, which waits when it comes too early', async () => {
    const { orderId, state } = await placed();
    const message = { kind: 'search-deadline', orderId };
    expect(await world.tellDispatch(message)).toEqual({ batchItemFailures: [] });
    expect(await state()).toMatchObject({ status: 'broadcasting' });
    await world.age(orderId, 61);
    await world.tellDispatch(message);
    expect(await state()).toMatchObject({ status: 'expired' });
    await world.tellDispatch(message);
    const [order] = await world.sql('SELECT event_version FROM weelo.orders WHERE id = $1', [
      orderId,
    ]);
    expect(order).toEqual({ event_version: 2 });
  });

  test('that has not ended when its deadline message comes is told again by the deadline', async () => {
    const { orderId } = await placed();
    await world.age(orderId, 58);
    const message = { kind: 'search-deadline', orderId };
    await world.tellDispatch(message);
    const comesBack = async () =>
      expect(await world.take('DISPATCH_QUEUE_URL')).toContainEqual(message);
    await vi.waitFor(comesBack, { timeout: 15_000, interval: 200 });
  });

  test('that does not exist is ignored', async () => {
    const orderId = randomUUID();
    for (const message of [
      { kind: 'search-deadline', orderId },
      { kind: 'search-wave', orderId, wave: 1 },
    ]) {
      expect(await world.tellDispatch(message)).toEqual({ batchItemFailures: [] });
    }
  });

  test('that is overdue is ended by the reconciler, and told', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, () => placed()));
    for (const { orderId } of orders.slice(1)) await world.age(orderId, 61);
    await Promise.all([world.reconcile(), world.reconcile()]);
    const rows = await world.sql<{ id: string; status: string }>(
      'SELECT id, status FROM weelo.orders WHERE id = ANY ($1)',
      [orders.map(({ orderId }) => orderId)],
    );
    const status = new Map(rows.map((row) => [row.id, row.status]));
    expect(orders.map(({ orderId }) => status.get(orderId))).toEqual([
      'broadcasting',
      ...Array(4).fill('expired'),
    ]);
    const events = await world.sql<{ events: number }>(
      `SELECT count(*)::int AS events FROM weelo.outbox
       WHERE order_id = ANY ($1) AND event_version = 2 AND relayed_at IS NOT NULL`,
      [orders.map(({ orderId }) => orderId)],
    );
    // Each is told to its customer, and published.
    expect(events).toEqual([{ events: 8 }]);
  });

  test('P7: at its deadline keeps what was found, and the rest expires', async () => {
    const { token } = await world.customer();
    const [requirement] = documentedOrder.vehicleRequirements;
    const order = { ...documentedOrder, vehicleRequirements: [{ ...requirement, quantity: 3 }] };
    const { body } = await world.place(token, { order });
    const orderId = body?.order.id ?? '';
    await world.sql(
      `WITH owner AS (
              INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'transporter', '8000000001') RETURNING id
            ), hold AS (
              INSERT INTO weelo.holds (id, order_id, transporter_id, vehicle_key, quantity, expires_at)
              SELECT gen_random_uuid(), $1, owner.id, 'mini_tata_ace', 1, now() + interval '90 seconds' FROM owner
              RETURNING id
            ), held AS (
              UPDATE weelo.truck_requests SET status = 'held', hold_id = hold.id
              FROM hold WHERE order_id = $1 AND number = 1
            ), found AS (UPDATE weelo.truck_requests SET status = 'assigned' WHERE order_id = $1 AND number = 2)
       UPDATE weelo.orders SET claimed = 2, filled = 1, status = 'partially_filled' WHERE id = $1`,
      [orderId],
    );
    await world.age(orderId, 61);
    while ((await world.take('NOTIFY_QUEUE_URL')).length > 0);
    const { body: read } = await world.orders.getOrder({ token, params: { id: orderId } });
    expect(read?.order).toMatchObject({ status: 'partially_filled', trucksFilled: 1 });
    expect(read?.requests.map(({ status }) => status)).toEqual(['held', 'assigned', 'expired']);
    const [event] = await world.told();
    expect(event).toMatchObject({
      event: 'broadcast_state_changed',
      data: { expiredTruckRequestIds: [read?.requests[2]?.id] },
    });
    expect((await world.place(token)).status).toBe(201);
  });
});

describe('a customer who asks too often for one order', () => {
  test('is refused, also where the cache has the order, and PostgreSQL is not asked for another', async () => {
    const { id, token } = await world.customer();
    const { body } = await world.place(token);
    const orderId = body?.order.id ?? '';
    const ask = (which: string) => world.orders.getOrderStatus({ token, params: { id: which } });
    expect((await ask(orderId)).status).toBe(200);
    await world.redis.set(`rate:{${id}}:getOrderStatus`, 120, 'PX', 60_000);
    expect((await ask(orderId)).error?.code).toBe('RATE_LIMIT_EXCEEDED');
    // One that is not cached, and not there: whoever had asked PostgreSQL would say so.
    expect((await ask(randomUUID())).error?.code).toBe('RATE_LIMIT_EXCEEDED');
  });
});

test('P8: an event that was not relayed is relayed by the reconciler, once', async () => {
  const { orderId } = await placed();
  while ((await world.take('DISPATCH_QUEUE_URL')).length > 0);
  await world.sql(
    `UPDATE weelo.outbox SET relayed_at = NULL, created_at = now() - interval '6 seconds' WHERE order_id = $1`,
    [orderId],
  );
  await Promise.all([world.reconcile(), world.reconcile(), world.reconcile()]);
  const relayed = (await world.take('DISPATCH_QUEUE_URL')).filter(
    (message) => message['orderId'] === orderId,
  );
  expect(relayed).toHaveLength(1);
});

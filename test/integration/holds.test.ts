import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  aces,
  marketWorld,
  open17s,
  openTruck,
  tataAce,
  type Transporter,
} from '../support/worlds/market-world.ts';

const world = await marketWorld();
const { orders, allTold, ageAnswers, settle, search } = world;

const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };
const open17 = { vehicleType: 'open', vehicleSubtype: '17 Feet' };

const hold = (
  { token }: Transporter,
  orderId: string,
  {
    quantity = 1,
    key = '',
    kind = ace,
  }: { quantity?: number; key?: string; kind?: typeof ace } = {},
) =>
  orders.holdTrucks({
    token,
    body: { orderId, ...kind, quantity },
    ...(key !== '' && { idempotencyKey: key }),
  });

const release = ({ token }: Transporter, holdId: string) =>
  orders.releaseHold({ token, body: { holdId } });

const active = ({ token }: Transporter, orderId: string, kind = ace) =>
  orders.getActiveHold({ token, query: { orderId, ...kind } });

const confirm = (owner: Transporter, holdId: string, ...which: readonly number[]) =>
  orders.confirmHold({
    token: owner.token,
    body: {
      holdId,
      assignments: which.map((i) => ({
        vehicleId: owner.vehicles[i] ?? '',
        driverId: owner.drivers[i]?.id ?? '',
      })),
    },
  });

const feedOf = async ({ token }: Transporter) => {
  const { body } = await orders.listRequests({ token, query: {} });
  return body?.orders.map(({ order }) => order.id) ?? [];
};

const trucksOf = async (token: string, id: string) => {
  const { body } = await orders.getOrder({ token, params: { id } });
  return body?.requests.map(({ status }) => status) ?? [];
};

const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);

/** Two transporters with two small trucks each, and one order that both were offered. */
const twoFleets = () =>
  search({
    trucks: [aces(2)],
    fleets: [{ kinds: [tataAce, tataAce] }, { kinds: [tataAce, tataAce] }],
  });

describe('a hold', () => {
  test('takes all trucks that were asked for, or none', async () => {
    const { orderId, transporters } = await twoFleets();
    const [first, second] = transporters as [Transporter, Transporter];
    expect((await hold(first, orderId)).body).toMatchObject({ heldQuantity: 1, eventVersion: 3 });
    const refused = await hold(second, orderId, { quantity: 2 });
    expect(refused.error).toMatchObject({
      code: 'NOT_ENOUGH_AVAILABLE',
      data: { openTrucks: 1, yourFreeTrucks: 2 },
    });
    expect((await hold(second, orderId)).status).toBe(200);
  });

  test('is refused to somebody who was not asked: the order does not exist', async () => {
    const { orderId } = await twoFleets();
    const stranger = await world.transporter();
    expect((await hold(stranger, orderId)).error?.code).toBe('ORDER_NOT_FOUND');
  });

  test('takes no more than the transporter has free, and a hold elsewhere counts', async () => {
    const one = await search({ trucks: [aces(1)], fleets: [{ kinds: [tataAce] }] });
    const [owner] = one.transporters as [Transporter];
    const { id: customerId, token } = await world.customer();
    const { body } = await world.place(token, {
      order: { ...one.places, distanceKm: 25, vehicleRequirements: [aces(1)] },
    });
    const other = body?.order.id ?? '';
    expect(customerId).not.toBe('');
    await world.wave(other);
    expect((await feedOf(owner)).toSorted()).toEqual([one.orderId, other].toSorted());
    await allTold();

    const held = await hold(owner, one.orderId);
    expect((await hold(owner, other)).error?.data).toEqual({ openTrucks: 1, yourFreeTrucks: 0 });
    await settle();
    expect(await feedOf(owner)).toEqual([one.orderId]);
    expect(named(await allTold(), 'broadcast_dismissed')).toMatchObject([
      { to: [owner.id], data: { orderId: other, reason: 'no_free_trucks' } },
    ]);

    await release(owner, held.body?.holdId ?? '');
    await settle();
    const back = named(await allTold(), 'new_broadcast').map(({ data }) => data);
    expect(back.map((each) => (each as { orderId: string }).orderId).toSorted()).toEqual(
      [one.orderId, other].toSorted(),
    );
    expect((await feedOf(owner)).toSorted()).toEqual([one.orderId, other].toSorted());
  });

  test('is one for an order and a kind; another kind may be held beside it', async () => {
    const { orderId, transporters } = await search({
      trucks: [aces(2), open17s(1)],
      fleets: [{ kinds: [tataAce, tataAce, openTruck] }],
    });
    const [owner] = transporters as [Transporter];
    await hold(owner, orderId);
    expect((await hold(owner, orderId)).error?.code).toBe('ALREADY_HOLDING');
    expect((await hold(owner, orderId, { kind: open17 })).status).toBe(200);
  });

  test('asked for again with its key is the same, and with another quantity a conflict', async () => {
    const { orderId, transporters } = await twoFleets();
    const [owner] = transporters as [Transporter];
    const key = randomUUID();
    const first = await hold(owner, orderId, { key });
    const again = await hold(owner, orderId, { key });
    expect(again.body).toEqual(first.body);
    const other = await hold(owner, orderId, { key, quantity: 2 });
    expect(other.error?.code).toBe('IDEMPOTENCY_CONFLICT');
  });

  test('that is released gives its trucks back, and the order is offered again', async () => {
    const { orderId, token, transporters } = await twoFleets();
    const [owner, other] = transporters as [Transporter, Transporter];
    const { body } = await hold(owner, orderId, { quantity: 2 });
    expect(await feedOf(other)).toEqual([]);
    // P9: nothing is left for the other, until it comes back.
    expect(named(await allTold(), 'broadcast_dismissed')).toMatchObject([
      { to: [other.id], data: { reason: 'all_held' } },
    ]);
    const { body: told } = await release(owner, body?.holdId ?? '');
    expect(told?.message).toMatch(/not hold/);
    expect(await trucksOf(token, orderId)).toEqual(['searching', 'searching']);
    const again = named(await allTold(), 'new_broadcast');
    expect(again.map(({ to }) => to)).toEqual([[owner.id], [other.id]]);
    expect(again[0]?.['data']).toMatchObject({ eventVersion: 4 });
    expect(await feedOf(other)).toEqual([orderId]);
    expect((await release(owner, body?.holdId ?? '')).status).toBe(200);
    expect((await release(other, body?.holdId ?? '')).error?.code).toBe('HOLD_NOT_FOUND');
  });

  test('keeps the order for its owner when another one holds the last truck', async () => {
    const { orderId, transporters } = await search({
      trucks: [aces(2)],
      fleets: [{ kinds: [tataAce, tataAce] }, {}, {}],
    });
    const [first, last, third] = transporters as [Transporter, Transporter, Transporter];
    await hold(first, orderId);
    await allTold();
    await hold(last, orderId);
    expect(named(await allTold(), 'broadcast_dismissed')).toMatchObject([{ to: [third.id] }]);
    expect(await feedOf(first)).toEqual([orderId]);
    expect(await feedOf(third)).toEqual([]);
  });

  test('lapses after 90 s: a timer ends it, and its owner is told', async () => {
    const { orderId, token, transporters } = await twoFleets();
    const [owner] = transporters as [Transporter];
    const { body } = await hold(owner, orderId);
    const [timer] = (await world.take('DISPATCH_QUEUE_URL')).filter(
      ({ kind }) => kind === 'answer-deadline',
    );
    await allTold();
    // The counter-test: until then it is left alone.
    await ageAnswers(orderId, 85);
    await world.reconcile();
    expect((await active(owner, orderId)).body).toMatchObject({ holdId: body?.holdId });
    await ageAnswers(orderId, 5);
    expect((await active(owner, orderId)).body).toBeNull();
    await world.tellDispatch({
      ...timer,
      kind: 'answer-deadline',
      orderId,
      at: new Date().toISOString(),
    });
    expect(await trucksOf(token, orderId)).toEqual(['searching', 'searching']);
    expect(named(await allTold(), 'hold_expired')).toMatchObject([
      { to: [owner.id], data: { holdId: body?.holdId, quantity: 1, status: 'expired' } },
    ]);
    expect((await confirm(owner, body?.holdId ?? '', 0)).error?.code).toBe('HOLD_EXPIRED');
  });

  test('outlives the search; what it gives back then expires, and the customer is told', async () => {
    const { orderId, customerId, token, transporters } = await twoFleets();
    const [owner, other] = transporters as [Transporter, Transporter];
    await hold(owner, orderId);
    await allTold();
    await world.age(orderId, 60);
    await world.reconcile();
    expect(await trucksOf(token, orderId)).toEqual(['held', 'expired']);
    const ended = await allTold();
    expect(named(ended, 'broadcast_state_changed')).toMatchObject([{ to: [customerId] }]);
    expect(named(ended, 'order_expired')).toMatchObject([{ to: [other.id] }]);
    expect((await hold(other, orderId)).error?.code).toBe('ORDER_INACTIVE');
    expect(await feedOf(owner)).toEqual([]);

    await ageAnswers(orderId, 90);
    await world.reconcile();
    expect(await trucksOf(token, orderId)).toEqual(['expired', 'expired']);
    const { body } = await orders.getOrderStatus({ token, params: { id: orderId } });
    expect(body).toMatchObject({ status: 'expired', reasonCode: 'NO_TRANSPORTER_ACCEPTANCE' });
    expect(named(await allTold(), 'order_expired')).toMatchObject([{ to: [customerId] }]);
  });

  test('whoever let two lapse within an hour may hold one truck at a time, and is asked last', async () => {
    const { orderId, transporters, places } = await twoFleets();
    const [owner, other] = transporters as [Transporter, Transporter];
    for (const _ of [1, 2]) {
      expect((await hold(owner, orderId)).status).toBe(200);
      await ageAnswers(orderId, 90);
      await world.reconcile();
    }
    const refused = await hold(owner, orderId, { quantity: 2 });
    expect(refused.error).toMatchObject({
      code: 'HOLDS_LIMITED',
      data: { until: expect.any(String) as string },
    });
    const { token } = await world.customer();
    const { body } = await world.place(token, {
      order: { ...places, distanceKm: 25, vehicleRequirements: [aces(1)] },
    });
    await allTold();
    await world.wave(body?.order.id ?? '');
    const asked = named(await allTold(), 'new_broadcast').map(({ to }) => to);
    expect(asked).toEqual([[other.id], [owner.id]]);
    // The counter-test: an hour later it may again.
    await world.sql(
      `UPDATE weelo.holds SET ended_at = ended_at - interval '61 minutes' WHERE transporter_id = $1`,
      [owner.id],
    );
    expect((await hold(owner, orderId, { quantity: 2 })).status).toBe(200);
  });
});

describe('a confirmation', () => {
  test('puts vehicles and drivers on trucks, and gives back what is not listed', async () => {
    const { orderId, token, transporters } = await twoFleets();
    const [owner, other] = transporters as [Transporter, Transporter];
    const { body } = await hold(owner, orderId, { quantity: 2 });
    await allTold();
    const confirmed = await confirm(owner, body?.holdId ?? '', 0);
    expect(confirmed.body?.assignmentIds).toHaveLength(1);
    expect(await trucksOf(token, orderId)).toEqual(['assigned', 'searching']);
    expect(named(await allTold(), 'new_broadcast').map(({ to }) => to)).toEqual([
      [owner.id],
      [other.id],
    ]);
    expect(await feedOf(other)).toEqual([orderId]);
  });

  test('that is repeated gets the same answer; with others it is refused', async () => {
    const { orderId, transporters } = await twoFleets();
    const [owner] = transporters as [Transporter];
    const holdId = (await hold(owner, orderId)).body?.holdId ?? '';
    const first = await confirm(owner, holdId, 0);
    expect((await confirm(owner, holdId, 0)).body).toEqual(first.body);
    expect((await confirm(owner, holdId, 1)).error?.code).toBe('TRUCK_STATE_CHANGED');
    expect((await release(owner, holdId)).error?.code).toBe('TRUCK_STATE_CHANGED');
  });

  test('is refused as a whole with the reason for each pair, and the hold stays', async () => {
    const { orderId, transporters } = await search({
      trucks: [aces(3)],
      fleets: [{ kinds: [tataAce, tataAce, tataAce, openTruck] }, {}],
    });
    const [owner, other] = transporters as [Transporter, Transporter];
    const holdId = (await hold(owner, orderId, { quantity: 3 })).body?.holdId ?? '';
    const offline = await world.driver(owner.id, false);
    const [van = '', van2 = '', van3 = '', truck = ''] = owner.vehicles;
    const [driver, driver2] = owner.drivers.map(({ id }) => id) as [string, string];
    const pairs = [
      { vehicleId: truck, driverId: driver, reason: 'VEHICLE_OF_ANOTHER_KIND' },
      { vehicleId: other.vehicles[0] ?? '', driverId: driver2, reason: 'VEHICLE_NOT_IN_FLEET' },
      { vehicleId: van, driverId: offline.id, reason: 'DRIVER_OFFLINE' },
      { vehicleId: van2, driverId: driver, reason: 'MORE_THAN_HELD' },
    ];
    const assignments = pairs.map(({ vehicleId, driverId }) => ({ vehicleId, driverId }));
    const refused = await orders.confirmHold({ token: owner.token, body: { holdId, assignments } });
    expect(refused.error).toMatchObject({
      code: 'CONFIRM_FAILED',
      status: 400,
      data: { failedAssignments: pairs },
    });
    const twice = [
      { vehicleId: van, driverId: driver },
      { vehicleId: van, driverId: driver2 },
      { vehicleId: van3, driverId: driver },
    ];
    const again = await orders.confirmHold({
      token: owner.token,
      body: { holdId, assignments: twice },
    });
    expect(again.error?.data).toMatchObject({
      failedAssignments: [{ reason: 'VEHICLE_LISTED_TWICE' }, { reason: 'DRIVER_LISTED_TWICE' }],
    });
    expect((await active(owner, orderId)).body).toMatchObject({ holdId, quantity: 3 });
    expect((await confirm(owner, holdId, 0, 1, 2)).status).toBe(200);
  });

  test('puts nobody on two trips: vehicle and driver are taken until the first ends', async () => {
    const { orderId, transporters, places } = await search({ trucks: [aces(1)], fleets: [{}] });
    const [owner] = transporters as [Transporter];
    await confirm(owner, (await hold(owner, orderId)).body?.holdId ?? '', 0);
    await world.vehicle(owner.id, tataAce);
    const { token } = await world.customer();
    const { body } = await world.place(token, {
      order: { ...places, distanceKm: 25, vehicleRequirements: [aces(1)] },
    });
    const other = body?.order.id ?? '';
    await world.wave(other);
    const holdId = (await hold(owner, other)).body?.holdId ?? '';
    const refused = await confirm(owner, holdId, 0);
    expect(refused.error?.data).toMatchObject({
      failedAssignments: [{ reason: 'VEHICLE_NOT_AVAILABLE' }],
    });
    const [vehicle] = (await world.sql(
      'SELECT id FROM weelo.vehicles WHERE transporter_id = $1 AND status = $2',
      [owner.id, 'available'],
    )) as { id: string }[];
    const busy = await orders.confirmHold({
      token: owner.token,
      body: {
        holdId,
        assignments: [{ vehicleId: vehicle?.id ?? '', driverId: owner.drivers[0]?.id ?? '' }],
      },
    });
    expect(busy.error?.data).toMatchObject({ failedAssignments: [{ reason: 'DRIVER_BUSY' }] });
  });

  test('of the last truck closes the search: the others learned with the hold that the order is gone', async () => {
    const { orderId, customerId, token, transporters } = await search({
      trucks: [aces(1)],
      fleets: [{}, {}, {}],
    });
    const [owner, second, third] = transporters as [Transporter, Transporter, Transporter];
    await orders.declineBroadcast({
      token: third.token,
      params: { id: orderId },
      body: { reason: 'NOT_AVAILABLE' },
    });
    const holdId = (await hold(owner, orderId)).body?.holdId ?? '';
    expect(named(await allTold(), 'broadcast_dismissed')).toMatchObject([
      { to: [second.id], data: { reason: 'all_held' } },
    ]);
    await confirm(owner, holdId, 0);
    const told = await allTold();
    expect(named(told, 'booking_fully_filled').map(({ to }) => to)).toEqual([
      [customerId],
      [owner.id],
    ]);
    // It is not told twice.
    expect(named(told, 'broadcast_dismissed')).toEqual([]);
    const { body } = await orders.getOrderStatus({ token, params: { id: orderId } });
    expect(body).toMatchObject({ status: 'fully_filled', isActive: true, remainingSeconds: 0 });
    expect((await hold(second, orderId)).error?.code).toBe('ORDER_INACTIVE');
    const next = await world.place(token, {});
    expect(next.status).toBe(201);
  });

  test('and hold in one step closes the search, too: those who waited learn that the order is gone', async () => {
    const { orderId, transporters } = await search({ trucks: [aces(1)], fleets: [{}, {}] });
    const [owner, second] = transporters as [Transporter, Transporter];
    const accepted = await orders.acceptBroadcast({
      token: owner.token,
      params: { id: orderId },
      body: { vehicleId: owner.vehicles[0] ?? '', driverId: owner.drivers[0]?.id ?? '' },
    });
    expect(accepted.body).toMatchObject({ resultCode: 'ACCEPTED', replayed: false });
    expect(named(await allTold(), 'broadcast_dismissed')).toMatchObject([
      { to: [second.id], data: { reason: 'fully_filled' } },
    ]);
    const theirs = await orders.acceptBroadcast({
      token: second.token,
      params: { id: orderId },
      body: { vehicleId: owner.vehicles[0] ?? '', driverId: owner.drivers[0]?.id ?? '' },
    });
    // P12: the pair of another transporter is nobody's.
    expect(theirs.error?.code).toBe('ORDER_INACTIVE');
  });
});

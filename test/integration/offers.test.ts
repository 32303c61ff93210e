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
const { orders, allTold, search, wave } = world;

const named = (events: readonly Record<string, unknown>[], name: string) =>
  events.filter(({ event }) => event === name);
const askedIn = (events: readonly Record<string, unknown>[]) =>
  named(events, 'new_broadcast').flatMap(({ to }) => to as string[]);
const fleetsAt = (...kms: readonly number[]) => kms.map((km) => ({ km }));
const statusOf = async ({ token, params }: { token: string; params: { id: string } }) =>
  (await orders.getOrderStatus({ token, params })).body;

describe('a wave', () => {
  test('asks the ten nearest; the next one asks further out, and nobody twice', async () => {
    const fleets = fleetsAt(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 50, 90);
    const order = await search({ fleets, waves: 0 });
    const ids = order.transporters.map(({ id }) => id);
    await wave(order.orderId, 1);
    expect(askedIn(await allTold())).toEqual(ids.slice(0, 10));
    expect(await statusOf(order)).toMatchObject({
      notifiedTransporters: 10,
      onlineCandidates: 12,
      dispatchAttempts: 1,
      dispatchState: 'dispatching',
    });
    await wave(order.orderId, 2);
    expect(askedIn(await allTold())).toEqual(ids.slice(10, 13));
    await wave(order.orderId, 3);
    expect(askedIn(await allTold())).toEqual([ids[13]]);
    await wave(order.orderId, 4);
    expect(askedIn(await allTold())).toEqual([ids[14]]);
    const { body } = await orders.explainSearch(order);
    expect(body).toMatchObject({
      asked: 15,
      waves: [{ asked: 10 }, { asked: 3 }, { asked: 1 }, { asked: 1 }],
    });
  });

  test('asks twice as many as there are open trucks, if that is more', async () => {
    const kms = Array.from({ length: 13 }, (_, i) => 1 + i);
    const { transporters, orderId } = await search({
      trucks: [aces(6)],
      fleets: fleetsAt(...kms),
      waves: 0,
    });
    await wave(orderId);
    expect(askedIn(await allTold())).toHaveLength(12);
    expect(transporters).toHaveLength(13);
  });

  test('that comes twice, late or out of sequence changes nothing', async () => {
    const order = await search({ fleets: fleetsAt(1, 20), waves: 0 });
    const [near, far] = order.transporters.map(({ id }) => id);
    await wave(order.orderId, 2);
    expect(askedIn(await allTold())).toEqual([near, far]);
    const before = await statusOf(order);
    await wave(order.orderId, 1);
    await wave(order.orderId, 2);
    expect(await allTold()).toEqual([]);
    expect((await statusOf(order))?.eventVersion).toBe(before?.eventVersion);
    await world.age(order.orderId, 60);
    await wave(order.orderId, 3);
    expect(named(await allTold(), 'new_broadcast')).toEqual([]);
  });

  test('of an order that was never committed does nothing', async () => {
    const { batchItemFailures } = await wave(randomUUID());
    expect(batchItemFailures).toEqual([]);
  });

  test('asks nobody when every truck is claimed', async () => {
    const order = await search({ fleets: fleetsAt(1, 20) });
    const [owner] = order.transporters as [Transporter];
    await orders.acceptBroadcast({
      token: owner.token,
      params: order.params,
      body: { vehicleId: owner.vehicles[0] ?? '', driverId: owner.drivers[0]?.id ?? '' },
    });
    await allTold();
    await wave(order.orderId, 2);
    expect(await allTold()).toEqual([]);
  });

  test('passes over those without a free truck of the kind, or with enough offers for it', async () => {
    const { transporters, places } = await search({
      fleets: [{ kinds: [openTruck] }, { kinds: [tataAce] }],
      waves: 0,
    });
    const [, owner] = transporters as [Transporter, Transporter];
    for (const expected of [[owner.id], [owner.id], [owner.id], []]) {
      const { token } = await world.customer();
      const { body } = await world.place(token, {
        order: { ...places, distanceKm: 25, vehicleRequirements: [aces(1)] },
      });
      await allTold();
      await wave(body?.order.id ?? '');
      expect(askedIn(await allTold())).toEqual(expected);
    }
  });

  test('finds nobody: the search goes on, and ends without anybody online', async () => {
    const order = await search({ fleets: [] });
    expect(await statusOf(order)).toMatchObject({ status: 'broadcasting', dispatchAttempts: 1 });
    await world.age(order.orderId, 60);
    await world.reconcile();
    expect(await statusOf(order)).toMatchObject({
      status: 'expired',
      reasonCode: 'NO_ONLINE_TRANSPORTERS',
    });
    const { body } = await orders.explainSearch(order);
    expect(body).toMatchObject({
      asked: 0,
      waves: [],
      message: expect.stringMatching(/online/) as string,
    });
  });
});

describe('an offer', () => {
  test('that is declined is gone for good, and the customer learns why', async () => {
    const order = await search({ fleets: fleetsAt(1, 2) });
    const [owner, other] = order.transporters as [Transporter, Transporter];
    const no = () =>
      orders.declineBroadcast({
        token: owner.token,
        params: order.params,
        body: { driverId: owner.id, reason: 'DISTANCE_TOO_FAR', notes: '' },
      });
    expect((await no()).body).toMatchObject({ success: true });
    expect((await no()).status).toBe(200);
    expect((await orders.listBroadcasts({ token: owner.token, query: {} })).body?.count).toBe(0);
    expect((await orders.listBroadcasts({ token: other.token, query: {} })).body?.count).toBe(1);
    await wave(order.orderId, 2);
    expect(askedIn(await allTold())).toEqual([]);
    const { body } = await orders.explainSearch(order);
    expect(body?.waves[0]).toMatchObject({
      declined: 1,
      declineReasons: [{ reason: 'DISTANCE_TOO_FAR', count: 1 }],
    });
  });

  test('past its deadline is shown to nobody, even when every timer is dead', async () => {
    const order = await search();
    const [owner] = order.transporters as [Transporter];
    const { token } = owner;
    await world.age(order.orderId, 60);
    expect((await orders.listRequests({ token, query: {} })).body?.orders).toEqual([]);
    const { body } = await orders.getBroadcastSnapshot({ token, params: order.params });
    expect(body).toMatchObject({ status: 'expired', requests: [] });
    const held = await orders.holdTrucks({
      token,
      body: {
        orderId: order.orderId,
        vehicleType: 'mini',
        vehicleSubtype: 'Mini Truck - Tata Ace',
        quantity: 1,
      },
    });
    expect(held.error?.code).toBe('ORDER_INACTIVE');
  });

  test('is the same in the feed, alone and as a snapshot, with a cursor for what has not changed', async () => {
    const order = await search({
      trucks: [aces(1), open17s(2)],
      fleets: [{ kinds: [tataAce, openTruck] }],
    });
    const [owner] = order.transporters as [Transporter];
    const { token } = owner;
    const { body: feed } = await orders.listRequests({ token, query: {} });
    const again = await orders.listRequests({
      token,
      query: { syncCursor: feed?.syncCursor ?? '' },
    });
    expect(again.body).toMatchObject({ snapshotUnchanged: true, count: 1 });
    const { body: one } = await orders.getBroadcast({ token, params: order.params });
    const { body: all } = await orders.listBroadcasts({ token, query: {} });
    expect({ ...all?.broadcasts[0], serverTimeMs: 0 }).toEqual({
      ...one?.broadcast,
      serverTimeMs: 0,
    });
    expect(one?.broadcast.requestedVehicles).toMatchObject([
      { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace', count: 1 },
      { vehicleType: 'open', count: 2, trucksYouCanProvide: 1 },
    ]);
    const { body: snapshot } = await orders.getBroadcastSnapshot({ token, params: order.params });
    expect(snapshot?.requests).toHaveLength(3);
    const { body: replay } = await orders.replayDispatch({ token, query: {} });
    expect(replay).toMatchObject({ events: [], snapshotRequired: true });
  });

  test('is noted as reached, seen and pushed, as notify says', async () => {
    const order = await search({ fleets: fleetsAt(1, 2, 3) });
    const [one = '', two = '', three = ''] = order.transporters.map(({ id }) => id);
    await world.tellDispatch({
      kind: 'offer-delivery',
      orderId: order.orderId,
      at: new Date().toISOString(),
      delivered: [one, two],
      seen: [one],
      pushed: [three],
    });
    const { body } = await orders.explainSearch(order);
    expect(body).toMatchObject({ asked: 3, reached: 3, seen: 1 });
  });

  test('of a suspended transporter is closed, and its holds are released', async () => {
    const order = await search({ fleets: [{}, {}] });
    const [owner, other] = order.transporters as [Transporter, Transporter];
    await orders.holdTrucks({
      token: owner.token,
      body: {
        orderId: order.orderId,
        vehicleType: 'mini',
        vehicleSubtype: 'Mini Truck - Tata Ace',
        quantity: 1,
      },
    });
    await allTold();
    const [account] = (await world.sql('SELECT phone FROM weelo.users WHERE id = $1', [
      owner.id,
    ])) as { phone: string }[];
    const input = { phone: account?.phone, role: 'transporter', reason: 'Fraud' };
    const suspended = await world.operate({ command: 'suspend-account', input });
    expect(suspended).toMatchObject({ searchesLeft: 1 });
    const told = await allTold();
    expect(named(told, 'broadcast_dismissed')).toMatchObject([
      { to: [owner.id], data: { reason: 'suspended' } },
    ]);
    expect(askedIn(told)).toContain(other.id);
    const { body } = await orders.getOrder(order);
    expect(body?.requests.map(({ status }) => status)).toEqual(['searching']);
  });
});

test('an order for later than in a quarter of an hour is refused, and not searched for', async () => {
  const { token } = await world.customer();
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const later = (minutes: number) => ({
    order: { ...world.documented, scheduledAt: inMinutes(minutes) },
  });
  expect((await world.place(token, later(16))).error?.code).toBe('SCHEDULING_NOT_OFFERED');
  expect((await world.place(token, later(14))).status).toBe(201);
});

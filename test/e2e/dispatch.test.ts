import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { kindsIn } from '../support/known-offers.ts';
import { connectSocket, type SocketClient } from '../support/socket-client.ts';
import {
  northOf,
  open17,
  streetIn,
  tataAce,
  tipper,
  type Person,
  type Street,
  type Transporter,
  type TruckKind,
} from '../support/worlds/street.ts';

let cloud: WeeloCloud;
let street: Street;
let api: Street['api'];
let town: Awaited<ReturnType<typeof townIn>>;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  street = streetIn(cloud);
  ({ api } = street);
  town = await townIn(street);
});
afterAll(() => cloud.stop());

const centre = { latitude: 26.9, longitude: 75.8 };

/** A customer, and thirteen transporters around the pickup. `near`: the ten whom the first wave asks. */
async function townIn({ customer, transporter }: Street) {
  const at = (km: number) => northOf(centre, km);
  const aces = (...distances: readonly number[]) =>
    distances.map((km) => transporter({ position: at(km) }));
  const [asha, both, opener, ...rest] = await Promise.all([
    customer('Asha Rao'),
    transporter({ position: at(1), kinds: [tataAce, tataAce, open17], drivers: 2 }),
    transporter({ position: at(2), kinds: [open17], drivers: 1 }),
    transporter({ position: at(10), kinds: [tataAce, open17] }),
    ...aces(3, 4, 5, 6, 7, 8, 9),
    // Beyond the ten nearest; too far for the first wave; without a truck of the kinds that are asked for.
    ...aces(12, 20),
    transporter({ position: at(0.5), kinds: [tipper] }),
  ]);
  const losers = rest.slice(0, 8);
  const near = [both, opener, ...losers];
  return { asha, both, opener, losers, near, captains: [both, opener, ...rest] };
}

/** All of the town are online, as long as a test may take. */
const wakeUp = () => Promise.all(town.captains.map((each) => street.beat(each, each.position)));

const patience = { timeout: 20_000, interval: 50 };

const trucks = (kind: TruckKind, quantity: number) => ({ ...kind, quantity, pricePerTruck: 5000 });
const twoAcesAndAnOpen = [trucks(tataAce, 2), trucks(open17, 1)];

interface Addresses {
  readonly address?: string;
  readonly city?: string;
}

/** Asha's order. It is cancelled when the test is over, so that all trucks are free again. */
async function place({
  vehicleRequirements = twoAcesAndAnOpen,
  where = {},
  headers = {},
  by = town.asha,
}: {
  vehicleRequirements?: typeof twoAcesAndAnOpen;
  where?: Addresses;
  headers?: Readonly<Record<string, string>>;
  by?: Person;
} = {}) {
  const { token } = by;
  const { body, error } = await api.placeOrder({
    token,
    headers,
    idempotencyKey: randomUUID(),
    body: {
      pickup: { ...centre, address: 'Here', ...where },
      drop: { ...northOf(centre, 20), address: 'There', ...where },
      distanceKm: 25,
      vehicleRequirements,
    },
  });
  const orderId = body?.order.id ?? expect.fail(`Not placed: ${error?.code}`);
  onTestFinished(() => cancel(orderId, { by }));
  return orderId;
}

async function cancel(
  orderId: string,
  { by = town.asha, reason }: { by?: Person; reason?: string } = {},
) {
  const { token } = by;
  await api.cancelOrder({ token, params: { id: orderId }, body: { ...(reason && { reason }) } });
}

async function connected({ token }: Person): Promise<SocketClient> {
  const socket = await connectSocket(cloud.origin, token);
  onTestFinished(() => socket.cut());
  return socket;
}

const named = (socket: SocketClient, ...names: readonly string[]) =>
  socket.heard.filter(({ event }) => names.includes(event));

const linesIn = (data: Readonly<Record<string, unknown>> | undefined) =>
  data?.['requestedVehicles'] as readonly (TruckKind & { readonly count: number })[];

/** What a captain who polls sees: the orders on offer, each with how many of its trucks can be served. */
async function feedOf({ token }: Person) {
  const { body } = await api.listRequests({ token, query: {} });
  return Object.fromEntries(
    body?.orders.map(({ order, requests }) => [order.id, requests.length]) ?? [],
  );
}

/** The pairs of vehicle and driver with which a transporter confirms so many trucks of a kind. */
const pairsOf = ({ vehicles, drivers }: Transporter, kind: TruckKind) =>
  vehicles
    .filter(({ vehicleType }) => vehicleType === kind.vehicleType)
    .map(({ id: vehicleId }, i) => ({ vehicleId, driverId: drivers[i]?.id ?? '' }));

async function confirm(holder: Transporter, holdId: unknown, kind: TruckKind) {
  const { body, error } = await api.confirmHold({
    token: holder.token,
    body: { holdId: String(holdId), assignments: pairsOf(holder, kind) },
  });
  return body?.tripIds ?? expect.fail(`Not confirmed: ${error?.code}`);
}

const kindsOf = ({ vehicles }: Transporter) =>
  [tataAce, open17].filter((kind) =>
    vehicles.some(({ vehicleType }) => vehicleType === kind.vehicleType),
  );

async function hold({ token }: Person, body: TruckKind & { orderId: string; quantity: number }) {
  return (await api.holdTrucks({ token, body })).body?.holdId ?? expect.fail('Not held');
}

const myActive = async ({ token }: Person, orderId: string, kind: TruckKind) =>
  (await api.getActiveHold({ token, query: { orderId, ...kind } })).body;

/** An order that is filled, as all who have to do with it can read it. */
async function expectFilled(orderId: string, driver: Person) {
  const { token } = town.asha;
  const params = { id: orderId };
  const [status, order, found, explained, own] = await Promise.all([
    api.getOrderStatus({ token, params }),
    api.getOrder({ token, params }),
    api.listBookingTrucks({ token, params }),
    api.explainSearch({ token, params }),
    api.listDriverAssignments({ token: driver.token, query: {} }),
  ]);
  expect(status.body).toMatchObject({ status: 'fully_filled', isActive: true });
  for (const each of order.body?.requests ?? []) {
    expect(each).toMatchObject({
      status: 'assigned',
      assignedVehicleNumber: expect.stringMatching(/^KA01AB\d{4}$/) as string,
      assignedDriverName: 'Ramesh Kumar',
      tripId: expect.any(String) as string,
    });
  }
  const statuses = found.body?.trucks.map((truck) => truck.status).toSorted();
  expect(statuses).toEqual(['driver_accepted', 'pending', 'pending']);
  expect(explained.body).toMatchObject({
    status: 'fully_filled',
    searchOpen: false,
    asked: 10,
    accepted: 2,
    waves: [{ wave: 1, asked: 10 }],
  });
  expect(own.body?.assignments[0]).toMatchObject({ orderId, status: 'driver_accepted' });
}

test('an order finds its three trucks, and all who have to do with it are told on their sockets', async () => {
  await wakeUp();
  const { asha, both, opener, losers, near, captains } = town;
  const sockets = new Map<Person, SocketClient>();
  const people = [asha, ...both.drivers, ...captains];
  await Promise.all(people.map(async (each) => sockets.set(each, await connected(each))));
  const socketOf = (person: Person) => sockets.get(person) ?? expect.fail('No socket');

  const orderId = await place();
  for (const each of near) {
    const [offer] = await socketOf(each).events('new_broadcast');
    expect(offer?.data).toMatchObject({ orderId, status: 'broadcasting', customerName: 'Asha' });
    expect(kindsIn(linesIn(offer?.data))).toEqual(kindsIn(kindsOf(each)));
    const shown = linesIn(offer?.data).reduce((sum, { count }) => sum + count, 0);
    expect(await feedOf(each)).toEqual({ [orderId]: shown });
    expect(named(socketOf(each), 'new_broadcast'), 'once').toHaveLength(1);
  }

  const held = await socketOf(both).say('hold', { orderId, ...tataAce, quantity: 2 });
  expect(held).toMatchObject({ event: 'held', data: { heldQuantity: 2 } });
  const { holdId } = held.data ?? {};
  const alsoHeld = await hold(opener, { orderId, ...open17, quantity: 1 });
  expect(await myActive(both, orderId, tataAce)).toMatchObject({ holdId, quantity: 2 });
  expect(await myActive(opener, orderId, open17)).toMatchObject({ holdId: alsoHeld });

  const trips = await confirm(both, holdId, tataAce);
  const [remaining] = await socketOf(asha).events('trucks_remaining_update');
  expect(remaining?.data).toMatchObject({ status: 'partially_filled', trucksFilled: 2 });
  expect(named(socketOf(asha), 'booking_fully_filled'), 'not yet').toEqual([]);
  await confirm(opener, alsoHeld, open17);
  for (const each of [asha, both, opener]) {
    const [filled] = await socketOf(each).events('booking_fully_filled');
    expect(filled?.data).toMatchObject({ orderId, status: 'fully_filled', trucksFilled: 3 });
  }
  const goings = (each: Person) => named(socketOf(each), 'broadcast_dismissed', 'order_expired');
  for (const each of losers) {
    await vi.waitFor(() => expect(goings(each), 'the order goes').toHaveLength(1), patience);
    expect(await feedOf(each)).toEqual({});
  }

  const [driver = expect.fail('No driver')] = both.drivers;
  const [tripId = ''] = trips;
  const [trip] = await socketOf(driver).events('trip_assigned');
  expect(trip?.data).toMatchObject({ orderId, tripId, customerName: 'Asha Rao' });
  await api.acceptAssignment({ token: driver.token, params: { id: tripId } });
  const [comes] = await socketOf(asha).events('assignment_status_changed');
  expect(comes?.data).toMatchObject({ tripId, status: 'driver_accepted' });
  const [accepted] = await socketOf(both).events('driver_accepted');
  expect(accepted?.data).toMatchObject({ tripId, trucksAccepted: 1, trucksPending: 1 });

  await expectFilled(orderId, driver);
  expect(await myActive(both, orderId, tataAce)).toBeNull();
  expect(await feedOf(both)).toEqual({});
  // What each was told before its answer to a ping is all that there is.
  await Promise.all([...sockets.values()].map((each) => each.say('ping')));
  for (const each of losers) expect(goings(each), 'it goes once').toHaveLength(1);
  const asked = captains.filter((each) => named(socketOf(each), 'new_broadcast').length > 0);
  expect(asked.map(({ phone }) => phone)).toEqual(near.map(({ phone }) => phone));
});

describe('without any socket', () => {
  /** As long as the contract lets them be, in a script that takes three bytes a letter. */
  const where = {
    address: 'प्लॉट संख्या अठारह, औद्योगिक क्षेत्र, नोएडा विस्तार, '.repeat(12).slice(0, 499).trim(),
    city: 'गौतम बुद्ध नगर के पास का बहुत लंबा नाम '.repeat(3).slice(0, 99).trim(),
  };
  const bytesOf = (push: object) => Buffer.byteLength(Object.entries(push).flat().join(''));

  async function withPhone({ token }: Person) {
    const device = `device-${randomUUID()}`;
    await api.registerDeviceToken({ token, body: { token: device, deviceType: 'android' } });
    onTestFinished(async () => {
      await api.unregisterDeviceToken({ token, body: { token: device } });
    });
    /** The first push of this type for an order. */
    return (type: string, orderId: string) =>
      vi.waitFor(() => {
        const pushes = cloud.pushesTo(device).filter((each) => each['orderId'] === orderId);
        const [found = expect.fail(`No push ${type}`)] = pushes.filter(
          (each) => each['type'] === type,
        );
        expect(
          Object.values(found).every((value) => typeof value === 'string'),
          'texts',
        ).toBe(true);
        expect(bytesOf(found), `bytes of ${type}`).toBeLessThan(4096);
        return found as Readonly<Record<string, string>>;
      }, patience);
  }

  test('the same happens: pushes tell of it, and the feed shows it', async () => {
    await wakeUp();
    const { asha, both, opener, losers } = town;
    const loser = losers.find((each) => !kindsOf(each).includes(open17)) ?? expect.fail('No loser');
    const [driver = expect.fail('No driver')] = both.drivers;
    const [toAsha, toBoth, toOpener, toLoser, toDriver] = await Promise.all([
      withPhone(asha),
      withPhone(both),
      withPhone(opener),
      withPhone(loser),
      withPhone(driver),
    ]);
    const orderId = await place({ where });
    const offer = await toBoth('new_broadcast', orderId);
    expect(offer).toMatchObject({
      broadcastId: orderId,
      farePerTruck: '5000',
      customerName: 'Asha',
    });
    const lines = JSON.parse(offer['requestedVehicles'] ?? '[]') as readonly TruckKind[];
    expect(kindsIn(lines)).toEqual(kindsIn([tataAce, open17]));
    await Promise.all([toOpener, toLoser].map((push) => push('new_broadcast', orderId)));
    const feeds = await Promise.all([both, opener, loser].map(feedOf));
    expect(feeds).toEqual([3, 1, 2].map((requests) => ({ [orderId]: requests })));

    const held = await hold(both, { orderId, ...tataAce, quantity: 2 });
    expect(await feedOf(loser), 'nothing to take').toEqual({});
    const [tripId = ''] = await confirm(both, held, tataAce);
    await toAsha('truck_assigned', orderId);
    const [vehicle] = opener.vehicles;
    await api.acceptBroadcast({
      token: opener.token,
      params: { id: orderId },
      body: { vehicleId: vehicle?.id ?? '', driverId: opener.drivers[0]?.id ?? '' },
    });
    for (const push of [toAsha, toBoth, toOpener]) {
      expect(await push('booking_fully_filled', orderId)).toMatchObject({ trucksFilled: '3' });
    }
    for (const each of [both, opener, loser]) expect(await feedOf(each)).toEqual({});

    const trip = await toDriver('trip_assigned', orderId);
    expect(Object.keys(trip)).toEqual(expect.arrayContaining(keysOfTrip));
    expect(trip).toMatchObject({
      tripId,
      driverAcceptTimeoutSeconds: '45',
      customerName: 'Asha Rao',
    });
    await api.acceptAssignment({ token: driver.token, params: { id: tripId } });
    await toBoth('driver_accepted', orderId);
    await toAsha('assignment_status_changed', orderId);
    await expectFilled(orderId, driver);
    await cancel(orderId, { reason: 'कारण '.repeat(100).slice(0, 499) });
    await Promise.all([toAsha, toBoth].map((push) => push('order_cancelled', orderId)));
    await toDriver('trip_cancelled', orderId);
  });
});

/** C4: what the Captain app reads of a push of this type. */
const keysOfTrip =
  'assignmentId tripId orderId truckRequestId pickupAddress pickupCity pickupLat pickupLng dropAddress dropCity dropLat dropLng vehicleNumber fare distanceKm customerName customerPhone assignedAt expiresAt driverAcceptTimeoutSeconds'.split(
    ' ',
  );

test('P10: a transporter who connects in mid-search has the live offers within a second, and no other', async () => {
  await wakeUp();
  const { both } = town;
  const onOffer = (orderId: string) =>
    vi.waitFor(async () => expect(await feedOf(both)).toHaveProperty(orderId), patience);
  const over = await place();
  await onOffer(over);
  await cancel(over);
  const orderId = await place();
  await onOffer(orderId);
  const took: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const socket = await connected(both);
    const begun = performance.now();
    expect(await socket.say('resume')).toMatchObject({ event: 'resumed', data: { count: 1 } });
    took.push(performance.now() - begun);
    // The wave's own message may have been on its way still: then the offer comes a second time, by the same order's id.
    const offered = named(socket, 'new_broadcast').map(({ data }) => data?.['orderId']);
    expect([...new Set(offered)]).toEqual([orderId]);
    socket.cut();
  }
  // The quickest of five: a neighbour may use both cores.
  expect(Math.min(...took)).toBeLessThan(1000);

  await cancel(orderId);
  const later = await connected(both);
  expect(await later.say('resume')).toMatchObject({ event: 'resumed', data: { count: 0 } });
  expect(named(later, 'new_broadcast')).toEqual([]);
});

test('after 3 s a search says whom its offer has reached, and who saw it', async () => {
  await wakeUp();
  const { asha, both, opener, losers } = town;
  const [pushed = expect.fail('No loser')] = losers;
  const device = `device-${randomUUID()}`;
  await api.registerDeviceToken({ token: pushed.token, body: { token: device } });
  const [seer, other] = await Promise.all([connected(both), connected(opener)]);
  const orderId = await place();
  const [offer] = await seer.events('new_broadcast');
  await seer.say('ack', { eventId: offer?.id });
  await other.events('new_broadcast');
  const asked = { token: asha.token, params: { id: orderId } };
  await vi.waitFor(async () => {
    const { body } = await api.explainSearch(asked);
    expect(body).toMatchObject({ asked: 10, reached: 3, seen: 1, declined: 0 });
  }, patience);
  await other.say('decline', { orderId, reason: 'DISTANCE_TOO_FAR' });
  const { body } = await api.explainSearch(asked);
  expect(body?.waves).toMatchObject([
    {
      reached: 3,
      seen: 2,
      declined: 1,
      declineReasons: [{ reason: 'DISTANCE_TOO_FAR', count: 1 }],
    },
  ]);
});

test('the id of a request is in the lines of all that it causes, until the event is on a socket', async () => {
  await wakeUp();
  const socket = await connected(town.both);
  const requestId = `from-a-phone-${randomUUID()}`;
  const by = await street.customer('Ravi Iyer');
  const orderId = await place({ by, headers: { 'x-request-id': requestId } });
  await vi.waitFor(
    () =>
      expect(named(socket, 'new_broadcast').map(({ data }) => data?.['orderId'])).toContain(
        orderId,
      ),
    patience,
  );
  const linesOf = (name: 'orders' | 'dispatch' | 'notify') =>
    cloud
      .logOf(name)
      .filter((line) => line.includes(`"requestId":"${requestId}"`))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  await vi.waitFor(() => {
    expect(linesOf('orders')).toContainEqual(
      expect.objectContaining({ message: 'Request answered', operation: 'placeOrder' }),
    );
    expect(linesOf('dispatch')).toContainEqual(
      expect.objectContaining({ message: 'Wave begun', orderId }),
    );
    expect(linesOf('notify')).toContainEqual(
      expect.objectContaining({ message: 'Event posted', event: 'new_broadcast' }),
    );
  }, patience);
  // The codes that the town logged in with were other requests.
  const codes = cloud.logOf('notify').filter((line) => line.includes('"message":"SMS sent"'));
  expect(codes.length).toBeGreaterThan(0);
  for (const line of codes) {
    expect(line).toContain('"requestId":"');
    expect(line).not.toContain(requestId);
  }
});

import { Client } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import * as answers from '../support/apps/answers.ts';
import { expectHeardOnce, hears, namesOf } from '../support/apps/events-heard.ts';
import { eventsOfCustomer, eventsOfDriver, eventsOfTransporter } from '../support/apps/events.ts';
import { peopleOf, type User, type Vehicle } from '../support/apps/people.ts';
import { connectSocket, type SocketClient } from '../support/socket-client.ts';
import { northOf, open17, tataAce } from '../support/worlds/street.ts';

let cloud: WeeloCloud;
let people: ReturnType<typeof peopleOf>;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  people = peopleOf(cloud);
});
afterAll(() => cloud.stop());

const pickup = { latitude: 26.9, longitude: 75.8 };
/** Ten minutes away, for a truck that goes at 15 m/s. */
const drop = northOf(pickup, 9);
const fare = 5000;

async function connected({ token }: User): Promise<SocketClient> {
  const socket = await connectSocket(cloud.origin, token);
  onTestFinished(() => socket.cut());
  return socket;
}

/**
 * As if so many more minutes had passed since the drivers of an order accepted, and came to the pickup. The next change of
 * the order makes it known.
 */
async function later(orderId: string, minutes: number) {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const database = cloud.processOf('auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  const back = `- $2 * interval '1 minute'`;
  await client.query(
    `UPDATE weelo.assignments
     SET created_at = created_at ${back}, accepted_at = accepted_at ${back}, moved_at = moved_at ${back},
         pickup_arrived_at = pickup_arrived_at ${back}
     WHERE order_id = $1`,
    [orderId, minutes],
  );
  await client.query(
    `UPDATE weelo.trip_moves SET at = at ${back}
     WHERE trip_id IN (SELECT id FROM weelo.assignments WHERE order_id = $1)`,
    [orderId, minutes],
  );
  await client.end();
}

/** What a phone measures so many seconds before or after the end of the drive, which is now. */
const drivenAt = (now: number) => (second: number) => ({
  ...northOf(pickup, ((second + 600) * 15) / 1000),
  speed: 15.2,
  bearing: 0.5,
  accuracy: 6.4,
  timestamp: new Date(now + second * 1000).toISOString(),
});
const seconds = (from: number, to: number) =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, i) => from + i * 10);

const keyed = () => ({ 'x-idempotency-key': randomUUID() });

const addressed = {
  pickup: { ...pickup, address: 'Sindhi Camp, Jaipur', city: 'Jaipur' },
  drop: { ...drop, address: 'Vidhyadhar Nagar, Jaipur' },
  distanceKm: 9,
};
const oneOf = (kind: typeof tataAce | typeof open17) => ({
  ...kind,
  quantity: 1,
  pricePerTruck: fare,
});

/** The customer app, as it orders two trucks: a small one, and a large one. */
async function ordered({ app }: User): Promise<string> {
  const kinds = [tataAce, open17];
  for (const { vehicleType } of kinds) {
    const { pricing } = await app.get(
      `vehicles/pricing?vehicleType=${vehicleType}&distanceKm=9&trucksNeeded=1`,
      answers.Pricing,
    );
    expect(pricing).toMatchObject({ vehicleType, distanceKm: 9, trucksNeeded: 1 });
  }
  const vehicleRequirements = kinds.map(oneOf);
  const body = { ...addressed, vehicleRequirements, goodsType: 'General' };
  const key = keyed();
  const place = () => app.say('POST', 'bookings/orders', body, answers.PlacedOrder, key);
  const placed = await place();
  expect(placed.order).toMatchObject({ totalTrucks: 2, trucksFilled: 0, totalAmount: 2 * fare });
  // The answer was lost, and the app asks again with the same key.
  expect((await place()).order.id).toBe(placed.order.id);
  const another = await app.refused('POST', 'bookings/orders', body, keyed());
  expect(another).toMatchObject({ status: 409, code: 'ACTIVE_ORDER_EXISTS' });
  expect(another.message).toMatch(/active order/i);
  return placed.order.id;
}

interface Fleet {
  readonly owner: User;
  readonly vehicles: readonly [Vehicle, Vehicle];
  readonly drivers: readonly [User, User, User];
}

async function fleetNearby(): Promise<Fleet> {
  const owner = await people.transporter('Vikram Rao');
  const small = await people.vehicle(owner, tataAce, '1 Ton');
  const large = await people.vehicle(owner, open17, '7.5 Ton');
  // One after the other: the transporter's phone shows the newest code.
  const first = await people.driver(owner, 'Ramesh Kumar');
  const second = await people.driver(owner, 'Suresh Meena');
  const third = await people.driver(owner, 'Mahesh Jat');
  await people.goOnline(owner, northOf(pickup, 1));
  const { vehicles } = await owner.app.get('vehicles/list', answers.Vehicles);
  expect(vehicles.map(({ status }) => status)).toEqual(['available', 'available']);
  const drivers = await owner.app.get('driver/list', answers.Drivers);
  expect(drivers).toMatchObject({ total: 3, online: 3, available: 3 });
  return { owner, vehicles: [small, large], drivers: [first, second, third] };
}

/** The Captain app of a transporter takes one line of an order: it holds the truck, and puts a vehicle and a driver on it. */
async function takes({ app }: User, orderId: string, vehicle: Vehicle, driver: User) {
  const { vehicleType, vehicleSubtype } = vehicle;
  const line = { orderId, vehicleType, vehicleSubtype, quantity: 1 };
  const held = await app.say('POST', 'truck-hold/hold', line, answers.Held, keyed());
  expect(held.heldQuantity).toBe(1);
  const asked = new URLSearchParams({ orderId, vehicleType, vehicleSubtype });
  const mine = await app.get(`truck-hold/my-active?${asked.toString()}`, answers.MyHold);
  expect(mine).toMatchObject({ holdId: held.holdId, quantity: 1 });
  return confirms({ app }, held.holdId, vehicle, driver);
}

async function confirms(
  { app }: Pick<User, 'app'>,
  holdId: string,
  vehicle: Vehicle,
  driver: User,
): Promise<string> {
  const { tripIds } = await app.say(
    'POST',
    'truck-hold/confirm-with-assignments',
    { holdId, assignments: [{ vehicleId: vehicle.id, driverId: driver.id }] },
    answers.Confirmed,
    keyed(),
  );
  return tripIds[0] ?? expect.fail('No trip');
}

/** The Captain app of a driver polls for a trip that it is asked for. */
async function askedFor({ app }: User) {
  const { assignments } = await app.get(
    'assignments/driver?status=pending&page=1&limit=20',
    answers.Assignments,
  );
  return assignments[0] ?? expect.fail('No trip is asked for');
}

const movesTo = ({ app }: User, tripId: string, status: string) =>
  app.say('PUT', `tracking/trip/${tripId}/status`, { status }, answers.Done);

const mayNot = ({ app }: User, tripId: string, status: string) =>
  app.refused('PUT', `tracking/trip/${tripId}/status`, { status });

const sends = ({ app }: User, tripId: string, points: readonly object[]) =>
  app.say('POST', 'tracking/batch', { tripId, points }, answers.Batch);

const trucksOf = async ({ app }: User, orderId: string) =>
  (await app.get(`bookings/${orderId}/trucks`, answers.BookingTrucks)).trucks;

/** Whoever has the link: an app that asks for JSON, and a browser. */
async function watched(link: string) {
  const ask = (accept: string) => fetch(new URL(link, cloud.origin), { headers: { accept } });
  const [data, page] = await Promise.all([ask('application/json'), ask('text/html,*/*;q=0.8')]);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  return { status: [data.status, page.status], json: await data.json(), html: await page.text() };
}

test('an order of two trucks, from login to rating, as the two apps live it', async () => {
  const customer = await people.customer('Asha Rao');
  const { owner, vehicles, drivers } = await fleetNearby();
  const [small, large] = vehicles;
  const [ramesh, suresh, mahesh] = drivers;
  const ownersSocket = await connected(owner);

  // The order, and who is told of it.
  const orderId = await ordered(customer);
  const first = await connected(customer);
  expect(await first.say('join', { orderId })).toMatchObject({ event: 'joined' });
  await hears(ownersSocket, 'new_broadcast', { orderId });
  const feed = await owner.app.get('bookings/requests/active', answers.Feed);
  expect(feed.orders.map(({ order, requests }) => [order.id, requests.length])).toEqual([
    [orderId, 2],
  ]);

  // Both trucks are taken, and one driver declines: another one is put on the truck.
  const declined = await takes(owner, orderId, small, ramesh);
  const tripB = await takes(owner, orderId, large, suresh);
  await hears(first, 'truck_assigned', { tripId: declined });
  await hears(first, 'truck_assigned', { tripId: tripB });
  await hears(first, 'booking_fully_filled', { orderId, trucksFilled: 2 });
  const asked = await askedFor(ramesh);
  expect(asked).toMatchObject({ tripId: declined, customerName: 'Asha Rao', distanceKm: 9 });
  const no = { reason: 'NOT_AVAILABLE' };
  await ramesh.app.say('PATCH', `assignments/${asked.id}/decline`, no, answers.Done);
  const lost = await hears(ownersSocket, 'driver_declined', { assignmentId: declined });
  expect(lost).toMatchObject({ driverId: ramesh.id, reason: 'NOT_AVAILABLE' });
  const tripA = await confirms(owner, String(lost['holdId']), small, mahesh);

  // Both drivers accept. The requests have no body.
  for (const [driver, tripId] of [
    [mahesh, tripA],
    [suresh, tripB],
  ] as const) {
    expect((await askedFor(driver)).tripId).toBe(tripId);
    const accept = `assignments/${tripId}/accept`;
    const accepted = await driver.app.say('PATCH', accept, undefined, answers.Assignment);
    expect(accepted).toMatchObject({ tripId, bookingId: orderId, status: 'driver_accepted' });
    await hears(ownersSocket, 'driver_accepted', { tripId });
    await hears(first, 'assignment_status_changed', { tripId, status: 'driver_accepted' });
  }
  const active = await customer.app.get('orders/check-active', answers.ActiveOrder);
  expect(active).toMatchObject({ hasActiveOrder: true, activeOrder: { orderId } });

  // A wrong state changes nothing; the next one is right.
  expect(await mayNot(mahesh, tripA, 'completed')).toMatchObject({
    status: 400,
    code: 'INVALID_STATUS_TRANSITION',
  });
  expect(await mayNot(suresh, tripA, 'at_pickup')).toMatchObject({
    status: 404,
    code: 'ASSIGNMENT_NOT_FOUND',
  });
  await movesTo(mahesh, tripA, 'at_pickup');
  await hears(first, 'assignment_status_changed', { tripId: tripA, status: 'at_pickup' });
  const begun = await owner.app.get(`assignments/${tripA}`, answers.Assignment);
  expect(begun).toMatchObject({ status: 'at_pickup', driverName: 'Mahesh Jat' });

  // The customer's phone loses its network, and misses what happens.
  first.cut();
  await movesTo(mahesh, tripA, 'loading_complete');
  await movesTo(suresh, tripB, 'at_pickup');
  await movesTo(suresh, tripB, 'loading_complete');
  await hears(ownersSocket, 'assignment_status_changed', {
    tripId: tripB,
    status: 'loading_complete',
  });
  const second = await connected(customer);
  expect(await second.say('resume')).toMatchObject({ event: 'resumed', data: { count: 1 } });
  expect(namesOf(second, 'order_state')).toMatchObject([
    { orderId, status: 'in_progress', isActive: true },
  ]);
  const waiting = await trucksOf(customer, orderId);
  expect(waiting.map(({ tripId, status }) => [tripId, status])).toEqual(
    expect.arrayContaining([tripA, tripB].map((tripId) => [tripId, 'loading_complete'])),
  );

  // On the road. The phone of Mahesh has sent nothing for a while, and then all at once.
  await later(orderId, 30);
  await movesTo(mahesh, tripA, 'in_transit');
  await movesTo(suresh, tripB, 'in_transit');
  await hears(second, 'assignment_status_changed', { tripId: tripB, status: 'in_transit' });
  await onTheRoad({ customer, owner, driver: mahesh, orderId, tripA, socket: second });
  const share = z.object({ url: z.string().startsWith('/t/'), token: z.string().min(22) });
  const link = await customer.app.say('POST', `orders/${orderId}/share`, undefined, share);
  const seen = await watched(link.url);
  expect(seen.status).toEqual([200, 200]);
  expect(seen.json).toMatchObject({ data: { sharedBy: 'Asha', trucksNeeded: 2 } });
  expect(seen.html).toContain('Mahesh');
  expect(seen.html + JSON.stringify(seen.json)).not.toContain(mahesh.phone);

  // The papers: the transporter writes them, and the customer sees them.
  const papers = {
    eWayBillNumber: '3310 0456 7890',
    eWayBillExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    lorryReceiptNumber: 'LR-2026-0117',
    invoiceNumber: null,
  };
  await owner.app.say('PUT', `trips/${tripA}/documents`, papers, answers.Anything);
  const [shown = expect.fail('No truck')] = (await trucksOf(customer, orderId)).filter(
    ({ tripId }) => tripId === tripA,
  );
  expect(shown).toMatchObject({
    status: 'in_transit',
    vehicleNumber: small.number,
    driverName: 'Mahesh Jat',
    documents: { eWayBillNumber: '331004567890', lorryReceiptNumber: 'LR-2026-0117' },
  });
  expect(shown.currentLocation?.latitude).toBeCloseTo(drop.latitude, 4);
  // Half an hour at the pickup, until the first positions away from it; five minutes of it are free.
  const [, wait = expect.fail('No waiting')] = shown.bill.lines;
  expect(wait).toMatchObject({ kind: 'waiting_at_pickup' });
  expect(wait.minutes).toBeGreaterThanOrEqual(19);
  expect(wait.minutes).toBeLessThanOrEqual(22);
  expect(wait.amount).toBe(((wait.minutes ?? 0) - 5) * 5);
  expect(shown.bill.total).toBe(fare + wait.amount);
  expect((await owner.app.get(`assignments/${tripA}`, answers.Assignment)).bill).toEqual(
    shown.bill,
  );

  // The first truck has delivered, and the other one is still on the map.
  const { app } = customer;
  await movesTo(mahesh, tripA, 'completed');
  await hears(second, 'assignment_status_changed', { tripId: tripA, status: 'completed' });
  const rest = await app.get(`tracking/booking/${orderId}`, answers.TrackedBooking);
  expect(rest.trucks.map(({ tripId }) => tripId)).not.toContain(tripA);
  expect(namesOf(second, 'booking_completed')).toEqual([]);
  await movesTo(suresh, tripB, 'completed');
  for (const socket of [second, ownersSocket])
    await hears(socket, 'booking_completed', { orderId });
  expect((await watched(link.url)).status).toEqual([410, 410]);
  expect(await mayNot(mahesh, tripA, 'in_transit')).toMatchObject({
    code: 'INVALID_STATUS_TRANSITION',
  });

  await rated({ customer, owner, driver: mahesh, orderId, tripA, tripB, socket: ownersSocket });
  await reckoned({ owner, driver: mahesh, tripA, orderId, earned: shown.bill.total });

  // Nobody heard anything twice, and each app can read what it heard.
  // What was told before the answer to a ping is all that there is.
  await Promise.all([second.say('ping'), ownersSocket.say('ping')]);
  expectHeardOnce(first, eventsOfCustomer);
  expectHeardOnce(second, eventsOfCustomer);
  expectHeardOnce(ownersSocket, eventsOfTransporter);
  const statesHeard = (socket: SocketClient, of: string) =>
    namesOf(socket, 'assignment_status_changed')
      .filter(({ tripId }) => tripId === of)
      .map(({ status }) => status);
  expect(statesHeard(first, declined)).toEqual(['driver_declined']);
  expect(statesHeard(first, tripA)).toEqual(['driver_accepted', 'at_pickup']);
  expect(statesHeard(second, tripA)).toEqual(['in_transit', 'completed']);
  expect(statesHeard(second, tripB)).toEqual(['in_transit', 'completed']);
  expect(statesHeard(ownersSocket, tripB).toSorted()).toEqual(
    ['at_pickup', 'loading_complete', 'in_transit', 'completed'].toSorted(),
  );
}, 240_000);

interface OnTheRoad {
  readonly customer: User;
  readonly owner: User;
  readonly driver: User;
  readonly orderId: string;
  readonly tripA: string;
  readonly socket: SocketClient;
}

async function onTheRoad({ customer, owner, driver, orderId, tripA, socket }: OnTheRoad) {
  const at = drivenAt(Date.now());
  // Five points at a time, as the app flushes them. The last of these is six minutes old.
  let taken = 0;
  for (let from = -600; from < -360; from += 50) {
    const { accepted } = await sends(driver, tripA, seconds(from, from + 40).map(at));
    taken += accepted;
  }
  expect(taken).toBe(25);
  await hears(socket, 'location_updated', { tripId: tripA, isStale: true });
  const silent = await owner.app.get(`tracking/${tripA}`, answers.Tracked);
  expect(silent).toMatchObject({
    status: 'in_transit',
    isStale: true,
    lastUpdated: at(-360).timestamp,
    staleSince: at(-360).timestamp,
    driverId: driver.id,
  });

  // The network is back: what was not acknowledged comes again, with what is new, and a jump of the receiver.
  const again = seconds(-400, -360).map(at);
  const jump = { ...at(-205), ...northOf(pickup, 400) };
  const late = [-300, -250];
  const fresh = seconds(-350, -200).filter((second) => !late.includes(second));
  const batch = [...again, jump, ...fresh.map(at).toReversed()];
  expect(await sends(driver, tripA, batch)).toMatchObject({
    processed: 20,
    accepted: 14,
    duplicate: 5,
    invalid: 1,
    stale: 0,
    lastAcceptedTimestamp: at(-200).timestamp,
  });
  expect(await sends(driver, tripA, late.map(at))).toMatchObject({ processed: 2, accepted: 2 });
  expect(await sends(driver, tripA, seconds(-190, 0).map(at))).toMatchObject({ accepted: 20 });
  // They are written down by now, so they are known to be old.
  expect(await sends(driver, tripA, again)).toMatchObject({ processed: 5, accepted: 0, stale: 5 });

  const { app } = customer;
  const map = await app.get(`tracking/booking/${orderId}`, answers.TrackedBooking);
  const [truck = expect.fail('No truck')] = map.trucks;
  expect(truck).toMatchObject({ tripId: tripA, isStale: false, staleSince: null });
  expect(truck.latitude).toBeCloseTo(drop.latitude, 4);
  expect(truck.speed).toBeCloseTo(15.2, 1);
  const { etas } = await app.get(`tracking/booking/${orderId}/eta`, answers.Etas);
  expect(Object.keys(etas)).toEqual([tripA]);
  expect(etas[tripA]?.distanceKm).toBe(0);
  const fleet = await owner.app.get('tracking/fleet', answers.TrackedFleet);
  expect(fleet).toMatchObject({ activeDrivers: 2, drivers: [{ tripId: tripA }] });
  const own = await driver.app.get(`tracking/${tripA}`, answers.Tracked);
  expect(own.lastUpdated).toBe(at(0).timestamp);

  // No more often than every two seconds: a position that comes after them is told.
  await vi.waitFor(
    async () => {
      await sends(driver, tripA, [{ ...at(0), timestamp: new Date().toISOString() }]);
      expect(namesOf(socket, 'location_updated')).toContainEqual(
        expect.objectContaining({ tripId: tripA, isStale: false, driverId: driver.id }),
      );
    },
    { timeout: 20_000, interval: 500 },
  );
}

interface Rated {
  readonly customer: User;
  readonly owner: User;
  readonly driver: User;
  readonly orderId: string;
  readonly tripA: string;
  readonly tripB: string;
  readonly socket: SocketClient;
}

/** The order is over, and the customer rates one driver, and then the other one. */
async function rated({ customer: { app, id }, driver, orderId, tripA, tripB, socket }: Rated) {
  const mine = async () => {
    const list = await app.get('bookings?page=1&limit=50', answers.Bookings);
    expect(list).toMatchObject({ total: 1, hasMore: false });
    return list.bookings[0] ?? expect.fail('No booking');
  };
  expect(await mine()).toMatchObject({
    id: orderId,
    customerId: id,
    status: 'completed',
    completedAt: expect.any(String) as string,
    hasUnratedTrips: true,
    isRated: false,
  });
  const over = await app.get(`bookings/orders/${orderId}/status`, answers.OrderStatus);
  expect(over).toMatchObject({ status: 'completed', isActive: false });
  const { hasActiveOrder } = await app.get('orders/check-active', answers.ActiveOrder);
  expect(hasActiveOrder).toBe(false);

  const pending = () => app.get('rating/pending', answers.UnratedTrips);
  expect((await pending()).map(({ tripId }) => tripId).toSorted()).toEqual(
    [tripA, tripB].toSorted(),
  );
  const rating = { assignmentId: tripA, stars: 4, comment: 'Careful', tags: ['polite', 'on_time'] };
  const rate = (body: object) => app.say('POST', 'rating', body, answers.GivenRating);
  expect(await rate(rating)).toMatchObject({ stars: 4, driverAvgRating: 4, idempotent: false });
  expect(await rate({ ...rating, stars: 1 })).toMatchObject({ stars: 4, idempotent: true });
  await hears(socket, 'driver_rating_updated', { driverId: driver.id, newRating: 4 });
  expect((await pending()).map(({ tripId }) => tripId)).toEqual([tripB]);
  await rate({ assignmentId: tripB, stars: 5, tags: [] });
  expect(await pending()).toEqual([]);
  expect(await mine()).toMatchObject({ hasUnratedTrips: false, isRated: true });
  const trucks = await trucksOf({ app } as User, orderId);
  expect(trucks.find(({ tripId }) => tripId === tripA)).toMatchObject({
    status: 'completed',
    customerRating: 4,
    driverRating: 4,
    driverTotalRatings: 1,
    currentLocation: null,
  });
}

interface Reckoned {
  readonly owner: User;
  readonly driver: User;
  readonly orderId: string;
  readonly tripA: string;
  readonly earned: number;
}

/** What the driver's screens say of the day, and what the transporter sees of the driver. */
async function reckoned({ owner, driver: { app, id }, orderId, tripA, earned }: Reckoned) {
  const { stats, activeTrip, recentTrips } = await app.get('driver/dashboard', answers.Dashboard);
  expect(stats).toMatchObject({
    todayTrips: 1,
    todayEarnings: earned,
    todayDistance: 9,
    totalTrips: 1,
    rating: 4,
    totalRatings: 1,
    acceptanceRate: 100,
  });
  expect([activeTrip, recentTrips.map((trip) => trip.id)]).toEqual([null, [tripA]]);
  const trips = await app.get('driver/trips?limit=20&offset=0', answers.DrivenTrips);
  expect(trips).toMatchObject({
    total: 1,
    hasMore: false,
    trips: [{ id: tripA, bookingId: orderId, status: 'completed', fare }],
  });
  expect(await app.get('driver/trips/active', answers.ActiveTrip)).toMatchObject({
    hasActiveTrip: false,
  });
  for (const period of ['today', 'week', 'month']) {
    const earnings = await app.get(`driver/earnings?period=${period}`, answers.Earnings);
    expect(earnings).toMatchObject({ period, totalEarnings: earned, totalTrips: 1 });
    expect(earnings.breakdown).toMatchObject([{ earnings: earned, trips: 1, distance: 9 }]);
  }
  const own = await app.get('driver/performance', answers.Performance);
  expect(own).toMatchObject({ rating: 4, totalTrips: 1, totalDistance: 9, completionRate: 100 });
  const asOwner = await owner.app.get(`driver/performance?driverId=${id}`, answers.Performance);
  expect(asOwner).toEqual(own);
  const fleet = await owner.app.get('driver/list', answers.Drivers);
  expect(fleet.drivers.find((each) => each.id === id)).toMatchObject({
    isOnTrip: false,
    currentTripId: null,
    rating: 4,
    totalTrips: 1,
  });
  const { vehicles } = await owner.app.get('vehicles/list', answers.Vehicles);
  expect(vehicles.map(({ status }) => status)).toEqual(['available', 'available']);
}

const Coded = z.object({
  trucks: z.array(
    z.object({ tripCodes: z.object({ startCode: z.string(), deliveryCode: z.string() }) }),
  ),
});

test('codes prove a trip, and a driver says on the socket where the truck is', async () => {
  const customer = await people.customer('Meena Devi');
  const { owner, vehicles, drivers } = await fleetNearby();
  const [driver] = drivers;
  const [socket, ownersSocket, customersSocket] = [
    await connected(driver),
    await connected(owner),
    await connected(customer),
  ];
  const located = async (data: object) => (await socket.say('location', data)).data;
  const at = drivenAt(Date.now());
  expect(await located(at(-600)), 'no trip').toMatchObject({ code: 'ASSIGNMENT_NOT_FOUND' });

  const body = { ...addressed, vehicleRequirements: [oneOf(tataAce)], requireTripCodes: true };
  const placed = customer.app.say('POST', 'orders', body, answers.PlacedOrder, keyed());
  const orderId = (await placed).order.id;
  await hears(ownersSocket, 'new_broadcast', { orderId });
  const tripId = await takes(owner, orderId, vehicles[0], driver);
  const asked = await hears(socket, 'trip_assigned', { tripId });
  expect(asked).toMatchObject({ customerName: 'Meena Devi', fare });
  expect(await located(at(-600)), 'not accepted').toMatchObject({ accepted: 0, stale: 1 });
  const accept = `assignments/${tripId}/accept`;
  await driver.app.say('PATCH', accept, undefined, answers.Assignment);
  await later(orderId, 15);
  await movesTo(driver, tripId, 'heading_to_pickup');

  // The trip need not be named, and what the phone does not know is null.
  const vague = { ...at(-600), tripId: null, speed: null, bearing: null, network: 'poor' };
  expect(await located(vague)).toMatchObject({ tripId, accepted: 1 });
  await hears(customersSocket, 'location_updated', { tripId, timestamp: at(-600).timestamp });
  const track = `tracking/${tripId}`;
  expect(await customer.app.get(track, answers.Tracked)).toMatchObject({
    speed: 0,
    isStale: true,
    staleReason: 'poor_network',
  });
  expect(await located({ ...at(-590), latitude: 200 })).toMatchObject({ invalid: 1 });
  expect(await located({ longitude: 75 })).toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await located({ ...at(-590), tripId: randomUUID() })).toMatchObject({
    code: 'ASSIGNMENT_NOT_FOUND',
  });
  expect((await customersSocket.say('location', at(-590))).data).toMatchObject({
    code: 'FORBIDDEN',
  });

  // Only the customer knows the codes.
  const { trucks } = await customer.app.get(`bookings/${orderId}/trucks`, Coded);
  const { startCode, deliveryCode } = trucks[0]?.tripCodes ?? expect.fail('No codes');
  expect(await hears(customersSocket, 'truck_assigned', { tripId })).toMatchObject({
    tripCodes: { startCode, deliveryCode },
  });
  const say = (status: string, code: string) =>
    driver.app.say('PUT', `tracking/trip/${tripId}/status`, { status, code }, answers.Done);
  expect(await mayNot(driver, tripId, 'in_transit')).toMatchObject({
    status: 400,
    code: 'POD_OTP_REQUIRED',
  });
  await say('in_transit', startCode);

  // Without a ref, it is not answered. A kilometre and a half away, nothing can be delivered.
  const heard = socket.heard.length;
  socket.mention({ action: 'location', ...at(-100) });
  await vi.waitFor(async () => {
    const { lastUpdated } = await owner.app.get(track, answers.Tracked);
    expect(lastUpdated).toBe(at(-100).timestamp);
  }, 20_000);
  expect(socket.heard.slice(heard).filter(({ event }) => event !== 'pong')).toEqual([]);
  const early = { status: 'completed', code: deliveryCode };
  const path = `tracking/trip/${tripId}/status`;
  expect(await driver.app.refused('PUT', path, early)).toMatchObject({
    status: 400,
    code: 'TOO_FAR_FROM_DROP',
    data: { distanceMeters: 1500, allowedMeters: 500 },
  });
  expect(await located(at(0))).toMatchObject({ accepted: 1 });
  expect(await mayNot(driver, tripId, 'completed')).toMatchObject({ code: 'POD_OTP_REQUIRED' });
  await say('completed', deliveryCode);
  await hears(customersSocket, 'booking_completed', { orderId });
  expect(await located(at(0)), 'it is over').toMatchObject({ code: 'ASSIGNMENT_NOT_FOUND' });

  await Promise.all([socket.say('ping'), customersSocket.say('ping')]);
  expectHeardOnce(socket, eventsOfDriver);
  expectHeardOnce(customersSocket, eventsOfCustomer);
  const toldToOthers = JSON.stringify([ownersSocket.heard, socket.heard]);
  for (const code of [startCode, deliveryCode]) expect(toldToOthers).not.toContain(`"${code}"`);
}, 120_000);

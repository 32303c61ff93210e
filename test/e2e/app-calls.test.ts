import { Client } from '@weelo/data';
import { Cluster } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { alwaysNull } from '../support/apps/always-null.ts';
import * as answers from '../support/apps/answers.ts';
import {
  bengaluru,
  confirming,
  confirms,
  drop,
  holds,
  keyed,
  lineOf,
  movesTo,
  named,
  newOrder,
  offered,
  orders,
  patience,
  pickup,
  staysOnline,
  stop,
} from '../support/apps/calls.ts';
import { core, twins, type AppName } from '../support/apps/endpoints.ts';
import { noPapers, peopleOf, type User, type Vehicle } from '../support/apps/people.ts';
import { FieldsSeen } from '../support/apps/fields.ts';
import { refusals } from '../support/apps/refusals.ts';
import { samples } from '../support/apps/samples.ts';
import { northOf, open17, tataAce } from '../support/worlds/street.ts';

/*
 * The two apps call what they need, in their own order. Every answer is checked against its table, wherever it is asked
 * for here; the last tests say that nothing was left out.
 */

let cloud: WeeloCloud;
let people: ReturnType<typeof peopleOf>;
let asha: User;
let vikram: User;
let ramesh: User;
let suresh: User;
let ace: Vehicle;
let open: Vehicle;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  people = peopleOf(cloud);
});
afterAll(() => cloud.stop());

/** As if half a minute had passed since a code was sent. */
async function halfAMinuteLater(code: string) {
  const cluster = new Cluster([cloud.engines.redis?.url ?? '']);
  expect(await cluster.del(`${code}:cooling`)).toBe(1);
  cluster.disconnect();
}

/** As if an hour had passed since an order was placed. */
async function anHourLater(orderId: string) {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const database = cloud.processOf('auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  const later = `UPDATE weelo.orders SET search_deadline = search_deadline - interval '1 hour'`;
  await client.query(`${later} WHERE id = $1`, [orderId]);
  await client.end();
}

/** From the first start of the Captain app to a transporter who is online, with two trucks and two drivers. */
async function fleetOnline() {
  vikram = await people.transporter('Vikram Rao');
  const { app } = vikram;
  ace = await people.vehicle(vikram, tataAce, '1 Ton');
  open = await people.vehicle(vikram, open17, '7.5 Ton');
  const { vehicle } = await app.get(`vehicles/${ace.id}`, answers.OneVehicle);
  expect(vehicle).toMatchObject({ id: ace.id, transporterId: vikram.id, status: 'available' });
  const { vehicles } = await app.get('vehicles/list', answers.Vehicles);
  expect(vehicles).toHaveLength(2);
  ramesh = await people.driver(vikram, 'Ramesh Kumar');
  suresh = await people.driver(vikram, 'Suresh Meena');
  expect(await app.get('driver/list', answers.Drivers)).toMatchObject({ total: 2, available: 2 });
  await people.goOnline(vikram, northOf(pickup, 1));
  const now = await app.get('transporter/availability', answers.Presence);
  expect(now.isAvailable).toBe(true);
}

/** The home screen of the customer app, up to a price. */
async function choosesTruck({ app }: User) {
  const { hasActiveOrder } = await app.get('orders/check-active', answers.ActiveOrder);
  expect(hasActiveOrder).toBe(false);
  const { latitude: biasLat, longitude: biasLng } = pickup;
  const typed = { query: 'koramangala', biasLat, biasLng, maxResults: 5 };
  const [first] = await app.say('POST', 'geocoding/search', typed, answers.Places);
  expect(first).toMatchObject({ city: 'Bengaluru' });
  const { address } = await app.say('POST', 'geocoding/reverse', pickup, answers.Address);
  expect(address).toContain('Bengaluru');
  const asked = { truckMode: true, includePolyline: true };
  const way = { from: pickup, to: drop, ...asked };
  const straight = await app.say('POST', 'geocoding/route', way, answers.Way);
  expect(straight.polyline.length).toBeGreaterThan(1);
  const points = [pickup, { ...stop, label: 'Domlur' }, drop];
  const ways = { points, ...asked };
  const { legs } = await app.say('POST', 'geocoding/route-multi', ways, answers.WayWithStops);
  expect(legs).toHaveLength(2);
  const kind = `vehicleType=mini&distanceKm=${straight.distanceKm}&trucksNeeded=1`;
  const { pricing } = await app.get(`vehicles/pricing?${kind}`, answers.Pricing);
  expect(pricing).toMatchObject({ vehicleType: 'mini', distanceKm: straight.distanceKm });
}

/** Every screen on which a transporter sees what is on offer. */
async function looksAtOffers({ app, id: transporterId }: User, orderId: string) {
  const replay = await app.get('transporter/dispatch/replay?cursor=0&limit=50', answers.Replay);
  expect(replay.snapshotRequired || replay.events.length > 0).toBe(true);
  const { orders: feed, syncCursor } = await offered(vikram, orderId);
  const [offer = expect.fail('No offer')] = feed;
  expect(offer.requests).toMatchObject([{ orderId, status: 'searching', requestNumber: 1 }]);
  const same = `bookings/requests/active?syncCursor=${syncCursor}`;
  expect(await app.get(same, answers.Feed)).toMatchObject({ snapshotUnchanged: true, count: 1 });
  const list = `broadcasts/active?transporterId=${transporterId}`;
  const { broadcasts } = await app.get(list, answers.Broadcasts);
  const { broadcast } = await app.get(`broadcasts/${orderId}`, answers.OneBroadcast);
  expect(broadcasts.map(({ broadcastId }) => broadcastId)).toEqual([orderId]);
  expect(broadcast).toMatchObject({ id: orderId, pricePerTruck: 5000, totalAmount: 5000 });
  const stands = await app.get(`bookings/orders/${orderId}/broadcast-snapshot`, answers.Snapshot);
  expect(stands).toMatchObject({ orderId, status: 'broadcasting' });
}

/** The Captain app of a driver, from the question to the drop. */
async function drives({ app, id: driverId }: User, orderId: string, tripId: string) {
  expect(await app.get('driver/availability', answers.Online)).toMatchObject({ isOnline: true });
  const polled = 'assignments/driver?status=pending&page=1&limit=20';
  const { assignments } = await app.get(polled, answers.Assignments);
  expect(assignments).toMatchObject([{ tripId, bookingId: orderId, driverId, totalStops: 3 }]);
  await app.get(`assignments/${tripId}`, answers.Assignment);
  const accept = `assignments/${tripId}/accept`;
  const accepted = await app.say('PATCH', accept, undefined, answers.Assignment);
  expect(accepted).toMatchObject({ id: tripId, status: 'driver_accepted' });
  const active = await app.get('driver/trips/active', answers.ActiveTrip);
  expect(active).toMatchObject({ hasActiveTrip: true, trip: { id: tripId, bookingId: orderId } });
  for (const status of ['at_pickup', 'loading_complete', 'in_transit'])
    await movesTo(ramesh, tripId, status);
  const now = Date.now();
  const points = [20, 10, 0].map((ago) => ({
    ...northOf(drop, -0.01 * ago),
    speed: 9.5,
    bearing: 0.5,
    accuracy: null,
    timestamp: new Date(now - ago * 1000).toISOString(),
  }));
  const batch = await app.say('POST', 'tracking/batch', { tripId, points }, answers.Batch);
  // The trip was accepted a moment ago: what was measured before is stale.
  expect(batch).toMatchObject({ tripId, processed: 3, duplicate: 0, invalid: 0 });
  expect(batch.lastAcceptedTimestamp).toBe(points[2]?.timestamp);
}

/** The truck is on the road, and all three look where it is. */
async function watched(orderId: string, tripId: string) {
  const status = await asha.app.get(`bookings/orders/${orderId}/status`, answers.OrderStatus);
  expect(status).toMatchObject({ status: 'in_progress', isActive: true });
  const preview = await asha.app.get(
    `bookings/orders/${orderId}/cancel-preview`,
    answers.CancelPreview,
  );
  expect(preview.cancelDecision).toBe('blocked_dispute_only');
  const cancel = `bookings/orders/${orderId}/cancel`;
  const refused = await asha.app.refused('POST', cancel, { reason: 'Change of plans' }, keyed());
  expect(refused.code).toBe('CANCEL_BLOCKED_DISPUTE_ONLY');
  const map = await asha.app.get(`tracking/booking/${orderId}`, answers.TrackedBooking);
  expect(map.trucks).toMatchObject([{ tripId, driverId: ramesh.id, speed: 9.5 }]);
  const { etas } = await asha.app.get(`tracking/booking/${orderId}/eta`, answers.Etas);
  expect(Object.keys(etas)).toEqual([tripId]);
  const { trucks } = await asha.app.get(`bookings/${orderId}/trucks`, answers.BookingTrucks);
  expect(trucks).toMatchObject([{ tripId, vehicleNumber: ace.number, status: 'in_transit' }]);
  for (const { app } of [vikram, ramesh]) await app.get(`tracking/${tripId}`, answers.Tracked);
  const fleet = await vikram.app.get('tracking/fleet', answers.TrackedFleet);
  expect(fleet).toMatchObject({ activeDrivers: 1, drivers: [{ tripId, driverId: ramesh.id }] });
  await vikram.app.get(`assignments/${tripId}`, answers.Assignment);
}

/** On which screens else the trip is seen while it goes on. */
async function shown(orderId: string, tripId: string) {
  const papers = {
    eWayBillNumber: '331004567890',
    eWayBillExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    lorryReceiptNumber: 'LR-2026-0117',
    invoiceNumber: 'INV-7',
  };
  await vikram.app.say('PUT', `trips/${tripId}/documents`, papers, answers.Anything);
  const { requests } = await asha.app.get(`bookings/orders/${orderId}`, answers.OrderDetail);
  expect(requests).toMatchObject([{ tripId, assignedVehicleNumber: ace.number }]);
  const { vehicles } = await vikram.app.get('vehicles/list', answers.Vehicles);
  expect(vehicles.find(({ id }) => id === ace.id)).toMatchObject({ currentTripId: tripId });
  const { drivers } = await vikram.app.get('driver/list', answers.Drivers);
  const busy = { isOnTrip: true, currentTripId: tripId, status: 'on_trip' };
  expect(drivers.find(({ id }) => id === ramesh.id)).toMatchObject(busy);
  const { activeTrip } = await ramesh.app.get('driver/dashboard', answers.Dashboard);
  expect(activeTrip).toMatchObject({ id: tripId, status: 'in_progress' });
}

/** The trip is over: the customer rates it, and the driver and the transporter look at what was earned. */
async function reckoned(orderId: string, assignmentId: string) {
  const { bookings } = await asha.app.get('bookings?page=1&limit=50', answers.Bookings);
  expect(bookings.map(({ id }) => id)).toContain(orderId);
  const { booking } = await asha.app.get(`bookings/${orderId}`, answers.OneBooking);
  expect(booking).toMatchObject({ status: 'completed', hasUnratedTrips: true, isRated: false });
  const unrated = await asha.app.get('rating/pending', answers.UnratedTrips);
  expect(unrated).toMatchObject([{ assignmentId, bookingId: orderId }]);
  const rating = { assignmentId, stars: 5, tags: ['polite'] };
  const given = await asha.app.say('POST', 'rating', rating, answers.GivenRating);
  expect(given).toMatchObject({ stars: 5, idempotent: false });
  const { trucks } = await asha.app.get(`bookings/${orderId}/trucks`, answers.BookingTrucks);
  expect(trucks).toMatchObject([{ status: 'completed', customerRating: 5, driverRating: 5 }]);
  const { drivers } = await vikram.app.get('driver/list', answers.Drivers);
  expect(drivers.find(({ id }) => id === ramesh.id)).toMatchObject({ rating: 5, totalTrips: 1 });

  const { recentTrips } = await ramesh.app.get('driver/dashboard', answers.Dashboard);
  expect(recentTrips.map(({ id }) => id)).toEqual([assignmentId]);
  for (const [{ app }, whose] of [
    [ramesh, ''],
    [vikram, `&driverId=${ramesh.id}`],
  ] as const) {
    const list = `driver/trips?status=completed&limit=20&offset=0${whose}`;
    expect((await app.get(list, answers.DrivenTrips)).total).toBe(1);
    const month = await app.get(`driver/earnings?period=month${whose}`, answers.Earnings);
    expect(month).toMatchObject({ totalTrips: 1, breakdown: [{ trips: 1 }] });
    const performance = await app.get(`driver/performance?x=1${whose}`, answers.Performance);
    expect(performance).toMatchObject({ totalTrips: 1, rating: 5 });
  }
}

test('an order, from the first start of both apps to the rating', async () => {
  asha = await people.customer('Asha Rao');
  await fleetOnline();
  await choosesTruck(asha);
  const place = (at: typeof pickup, type: string) => ({
    ...named('On the way', at),
    ...bengaluru,
    type,
  });
  const routePoints = [place(pickup, 'PICKUP'), place(stop, 'STOP'), place(drop, 'DROP')];
  const key = keyed();
  const soon = new Date(Date.now() + 600_000).toISOString();
  const body = { ...newOrder(tataAce), routePoints, cargoWeightKg: 700, scheduledAt: soon };
  const { order } = await orders(asha, body, { key });
  const { id: orderId } = order;
  // As the app does when its answer was lost, and when its socket connects.
  const again = await orders(asha, body, { key });
  expect(again.order.id).toBe(orderId);
  const status = await asha.app.get(`bookings/orders/${orderId}/status`, answers.OrderStatus);
  expect(status).toMatchObject({ status: 'broadcasting', isActive: true });

  await offered(vikram, orderId);
  await looksAtOffers(vikram, orderId);
  const released = { holdId: await holds(vikram, orderId, ace) };
  await vikram.app.say('POST', 'truck-hold/release', released, answers.Anything);
  const holdId = await holds(vikram, orderId, ace);
  const tripId = await confirms(vikram, holdId, ace, ramesh);
  const ended = await vikram.app.refused(...confirming(released.holdId, ace, suresh), keyed());
  expect(ended.code).toBe('HOLD_EXPIRED');
  const changed = await vikram.app.refused('POST', 'truck-hold/release', { holdId });
  expect(changed.code).toBe('TRUCK_STATE_CHANGED');
  const filled = await asha.app.get(`bookings/orders/${orderId}/status`, answers.OrderStatus);
  expect(filled, 'still active, or the app takes it for expired').toMatchObject({
    status: 'fully_filled',
    isActive: true,
  });
  await drives(ramesh, orderId, tripId);
  await watched(orderId, tripId);
  await shown(orderId, tripId);
  await movesTo(ramesh, tripId, 'completed');
  await reckoned(orderId, tripId);
}, 240_000);

test('orders that are declined and cancelled, by both names of an order', async () => {
  await staysOnline(vikram);
  const { order } = await orders(asha, newOrder(open17));
  await offered(vikram, order.id);
  const tripId = await confirms(vikram, await holds(vikram, order.id, open), open, suresh);
  const no = { reason: 'NOT_AVAILABLE' };
  await suresh.app.say('PATCH', `assignments/${tripId}/decline`, no, answers.Done);
  const declined = await vikram.app.get(`assignments/${tripId}`, answers.Assignment);
  expect(declined).toMatchObject({ status: 'driver_declined', declineReason: 'NOT_AVAILABLE' });
  const preview = `bookings/orders/${order.id}/cancel-preview`;
  const terms = await asha.app.get(preview, answers.CancelPreview);
  expect(terms).toMatchObject({ cancelDecision: 'allowed', pendingPenaltyAmount: 0 });
  const detail = await asha.app.get(`bookings/orders/${order.id}`, answers.OrderDetail);
  expect(detail.order.id).toBe(order.id);
  const cancel = `bookings/orders/${order.id}/cancel`;
  const why = { reason: 'retry_after_timeout' };
  const cancelled = await asha.app.say('POST', cancel, why, answers.CancelledOrder, keyed());
  expect(cancelled).toMatchObject({ orderId: order.id, status: 'cancelled', ...why });
  // Queued on the phone, it comes once more, with another key that is no UUID.
  const queued = { 'x-idempotency-key': `cancel_booking_${randomUUID()}` };
  await asha.app.say('POST', cancel, why, answers.CancelledOrder, queued);
  // The card may still be on a screen: these words take it off.
  const line = lineOf(order.id, open);
  const late = await vikram.app.refused('POST', 'truck-hold/hold', line, keyed());
  expect(late.message).toMatch(/cancelled|no longer exists|expired/);

  const { order: other } = await orders(asha, newOrder(open17), { path: 'orders' });
  await offered(vikram, other.id);
  const decline = { driverId: vikram.id, reason: 'DISTANCE_TOO_FAR', notes: null };
  await vikram.app.say('POST', `broadcasts/${other.id}/decline`, decline, answers.Done);
  await asha.app.get(`orders/${other.id}`, answers.OrderDetail);
  await asha.app.get(`orders/${other.id}/status`, answers.OrderStatus);
  const active = await asha.app.get('orders/check-active', answers.ActiveOrder);
  expect(active).toMatchObject({ hasActiveOrder: true, activeOrder: { orderId: other.id } });
  await asha.app.say('PATCH', `bookings/${other.id}/cancel`, {}, answers.Anything);
  const over = await asha.app.say(
    'POST',
    `orders/${other.id}/cancel`,
    {},
    answers.CancelledOrder,
    keyed(),
  );
  expect(over.status).toBe('cancelled');
}, 240_000);

test('an order that has a driver costs a fee to cancel', async () => {
  await staysOnline(vikram);
  const leela = await people.customer('Leela Rao');
  const { order } = await orders(leela, newOrder(tataAce));
  await offered(vikram, order.id);
  const tripId = await confirms(vikram, await holds(vikram, order.id, ace), ace, ramesh);
  await ramesh.app.say('PATCH', `assignments/${tripId}/accept`, undefined, answers.Assignment);
  const preview = `bookings/orders/${order.id}/cancel-preview`;
  const terms = await leela.app.get(preview, answers.CancelPreview);
  expect(terms).toMatchObject({ policyStage: 'DRIVER_ASSIGNED', pendingPenaltyAmount: 50 });
  const cancel = `orders/${order.id}/cancel`;
  const why = { reason: 'Change of plans' };
  const cancelled = await leela.app.say('POST', cancel, why, answers.CancelledOrder, keyed());
  expect(cancelled).toMatchObject({ status: 'cancelled', assignmentsCancelled: 1 });
});

test('an order that finds no truck says why', async () => {
  await staysOnline(vikram);
  const sunita = await people.customer('Sunita Rao');
  const { order } = await orders(sunita, newOrder(open17));
  await offered(vikram, order.id);
  await anHourLater(order.id);
  await cloud.fire('Reconciler/Schedule');
  const status = await sunita.app.get(`bookings/orders/${order.id}/status`, answers.OrderStatus);
  expect(status).toMatchObject({ status: 'expired', isActive: false, remainingSeconds: 0 });
  const reasonCode = 'NO_TRANSPORTER_ACCEPTANCE';
  expect(status.reasonCode).toBe(reasonCode);
  const snapshot = `bookings/orders/${order.id}/broadcast-snapshot`;
  const seen = await vikram.app.get(snapshot, answers.Snapshot);
  expect(seen).toMatchObject({ status: 'expired', reasonCode });
});

test('what people say of themselves and of their trucks', async () => {
  const mine = {
    name: 'Asha Rao',
    email: 'asha@example.com',
    company: 'Rao Textiles',
    gstNumber: '29ABCDE1234F1Z5',
    profilePhoto: 'https://example.com/asha.jpg',
  };
  const told = await asha.app.say('PUT', 'profile/customer', mine, answers.ProfileAnswer);
  expect(told.profile).toMatchObject(mine);
  const firm = { ...mine, company: 'Rao Roadlines', panNumber: 'ABCDE1234F' };
  const { profilePhoto: _, ...fields } = { ...firm, address: '1 MG Road', ...bengaluru };
  await vikram.app.say('PUT', 'profile/transporter', fields, answers.ProfileAnswer);
  const { user } = await ramesh.app.get('profile', answers.ProfileAnswer);
  expect(user).toMatchObject({ role: 'driver', transporterId: vikram.id });
  const papers = {
    vehicleNumber: open.number,
    ...open17,
    capacity: '7.5 Ton',
    model: '1109',
    make: 'Tata',
    year: 2020,
    bodyType: 'Open',
    fuelType: 'Diesel',
    status: 'maintenance',
    maintenanceReason: 'Brakes',
    maintenanceEndDate: '2027-01-31',
    rcNumber: 'RC1',
    rcExpiry: '2027-03-31',
    insuranceNumber: 'I1',
    insuranceExpiry: '2027-03-31',
    permitNumber: 'P1',
    permitExpiry: '2027-03-31',
    fitnessExpiry: '2027-03-31',
  };
  const changed = await vikram.app.say('PUT', 'vehicles/upsert', papers, answers.RegisteredVehicle);
  expect(changed).toMatchObject({ isNew: false, vehicle: { id: open.id, status: 'maintenance' } });
});

test('what is offered, and no app calls yet', async () => {
  const { user } = await asha.app.get('auth/me', answers.Me);
  expect(user).toMatchObject({ id: asha.id, role: 'customer' });
  await asha.app.get('vehicles/types', answers.VehicleTypes);
  const way = new URLSearchParams({
    pickupLat: String(pickup.latitude),
    pickupLng: String(pickup.longitude),
    dropLat: String(drop.latitude),
    dropLng: String(drop.longitude),
  });
  await asha.app.get(`search?${way.toString()}`, answers.Search);
  // Where both processors are busy, Redis may once answer late.
  await vi.waitFor(async () => {
    const { status } = await people.customersApp().get('/health', answers.Health);
    expect(status).toBe('healthy');
  }, patience);
});

test('a session goes on with the refresh token that the app keeps, and ends by logging out', async () => {
  // The access token is dead. The app shows it all the same as it buys a new one, and asks again.
  const stale = people.customersApp('dead');
  expect(await stale.refused('GET', 'profile')).toMatchObject({
    status: 401,
    code: 'UNAUTHORIZED',
  });
  const { refreshToken } = asha;
  for (let i = 0; i < 2; i += 1) {
    const fresh = await stale.say('POST', 'auth/refresh', { refreshToken }, answers.Refreshed);
    const app = people.customersApp(fresh.accessToken);
    await app.say('GET', 'profile', undefined, answers.ProfileAnswer, { 'x-retry-count': '1' });
  }
  const captain = people.captainsApp();
  const mine = { refreshToken: ramesh.refreshToken };
  await captain.say('POST', 'auth/refresh', mine, answers.Refreshed);

  const offline = { isOnline: false, currentLocation: null };
  await ramesh.app.say('PUT', 'driver/availability', offline, answers.Online);
  // At the earliest five seconds after the transporter went online.
  await vi.waitFor(
    () =>
      vikram.app.say(
        'PUT',
        'transporter/availability',
        { isAvailable: false },
        answers.ChangedPresence,
      ),
    patience,
  );
  await vikram.app.say('DELETE', 'transporter/heartbeat', undefined, answers.Anything);
  await vikram.app.say('DELETE', `vehicles/${ace.id}`, undefined, answers.Anything);
  for (const { app, id } of [ramesh, vikram]) {
    const token = { token: `fcm:${id}` };
    await app.say('DELETE', 'notifications/unregister-token', token, answers.Anything);
    await app.say('POST', 'auth/logout', undefined, answers.Anything);
    expect((await app.refused('GET', 'profile')).code).toBe('UNAUTHORIZED');
  }
  const ended = await captain.refused('POST', 'auth/refresh', mine);
  expect(ended.code).toBe('INVALID_REFRESH_TOKEN');
});

const Coded = z.object({
  trucks: z.array(
    z.object({ tripCodes: z.object({ startCode: z.string(), deliveryCode: z.string() }) }),
  ),
});

describe('what is refused, as the apps know it:', () => {
  const refusedTo = async (asked: ReturnType<User['app']['refused']>, code: string) => {
    const refusal = await asked;
    expect(refusal, refusal.message).toMatchObject({ code });
    return refusal;
  };

  test.each([
    ['customer', () => people.customersApp(), {}],
    ['transporter', () => people.captainsApp(), { deviceId: null, deviceName: null }],
  ] as const)('a login as %s', async (role, appOf, device) => {
    const [app, phone] = [appOf(), people.newPhone()];
    const send = { phone, role };
    const verify = (otp: string) =>
      app.refused('POST', 'auth/verify-otp', { ...send, otp, ...device });
    await refusedTo(
      app.refused('POST', 'auth/send-otp', { phone: '12345', role }),
      'INVALID_PHONE',
    );
    const noRole = app.refused('POST', 'auth/send-otp', { phone, role: '' });
    const { details } = await refusedTo(noRole, 'VALIDATION_ERROR');
    expect(details?.map(({ path }) => path)).toEqual(['role']);
    await refusedTo(verify('000000'), 'OTP_EXPIRED');
    await app.say('POST', 'auth/send-otp', send, answers.CodeSent);
    // The app counts down from what it is told.
    const soon = await refusedTo(app.refused('POST', 'auth/send-otp', send), 'OTP_COOLDOWN');
    expect(soon.retryAfterMs).toBeLessThanOrEqual(30_000);
    const right = await people.codeSentTo(phone, 'login code');
    const wrong = right === '000000' ? '000001' : '000000';
    for (let left = 4; left >= 0; left -= 1)
      expect((await refusedTo(verify(wrong), 'INVALID_OTP')).data).toEqual({ attemptsLeft: left });
    const locked = await refusedTo(verify(right), 'OTP_MAX_ATTEMPTS');
    expect(locked.retryAfterMs).toBeGreaterThan(0);
    const eager = { phone: people.newPhone(), role };
    for (let i = 0; i < 3; i += 1) {
      await app.say('POST', 'auth/send-otp', eager, answers.CodeSent);
      await halfAMinuteLater(`{otp:${eager.phone}:${role}}`);
    }
    const spent = app.refused('POST', 'auth/send-otp', eager);
    await refusedTo(spent, 'OTP_RATE_LIMIT_EXCEEDED');
  });

  test('an order', async () => {
    const meena = await people.customer('Meena Devi');
    const place = (body: object, headers: Readonly<Record<string, string>> = keyed()) =>
      meena.app.refused('POST', 'bookings/orders', body, headers);
    const body = newOrder(tataAce);
    const refused = [
      await refusedTo(place(body, {}), 'MISSING_IDEMPOTENCY_KEY'),
      await refusedTo(place(newOrder(tataAce, 10)), 'PRICE_TOO_LOW'),
      await refusedTo(place({ ...body, distanceKm: 0 }), 'VALIDATION_ERROR'),
    ];
    const key = keyed();
    const { order } = await orders(meena, body, { key });
    const { id: orderId, status, expiresAt } = order;
    refused.push(await refusedTo(place(newOrder(open17), key), 'IDEMPOTENCY_CONFLICT'));
    const active = await refusedTo(place(body), 'ACTIVE_ORDER_EXISTS');
    expect(active.data).toMatchObject({ orderId, status, expiresAt });
    expect(active.message).toMatch(/active order/i);
    const limited = await vi.waitFor(() => refusedTo(place(body), 'RATE_LIMIT_EXCEEDED'), patience);
    // Each of these words would make the app send the order again, six times.
    for (const { message } of [...refused, active, limited])
      expect(message).not.toMatch(/network|timeout|connection/i);
    const status404 = `bookings/orders/${randomUUID()}/status`;
    await refusedTo(meena.app.refused('GET', status404), 'ORDER_NOT_FOUND');
    await refusedTo(asha.app.refused('GET', `bookings/orders/${orderId}`), 'ORDER_NOT_FOUND');
    const rating = { assignmentId: randomUUID(), stars: 5, tags: [] };
    await refusedTo(meena.app.refused('POST', 'rating', rating), 'ASSIGNMENT_NOT_FOUND');
    await refusedTo(meena.app.refused('GET', 'vehicles/list'), 'FORBIDDEN');
    await refusedTo(meena.app.refused('GET', 'nowhere'), 'NOT_FOUND');
    await meena.app.say('POST', `orders/${orderId}/cancel`, {}, answers.CancelledOrder, keyed());
  });

  test('a fleet, a hold and a trip', async () => {
    const customer = await people.customer('Neha Jain');
    const owner = await people.transporter('Gopal Das');
    const { app } = owner;
    const truck = await people.vehicle(owner, tataAce, '1 Ton');
    await people.goOnline(owner, northOf(pickup, 1));
    const theirs = { ...noPapers, ...open17, vehicleNumber: open.number, capacity: '7.5 Ton' };
    await refusedTo(app.refused('PUT', 'vehicles/upsert', theirs), 'VEHICLE_EXISTS');
    const driver = await onboarded(owner);
    const { order } = await orders(customer, { ...newOrder(tataAce), requireTripCodes: true });
    await offered(owner, order.id);
    const hold = (quantity = 1, id = order.id) =>
      app.refused('POST', 'truck-hold/hold', lineOf(id, truck, quantity), keyed());
    await refusedTo(hold(2), 'NOT_ENOUGH_AVAILABLE');
    await refusedTo(hold(0), 'VALIDATION_ERROR');
    await refusedTo(hold(1, randomUUID()), 'ORDER_NOT_FOUND');
    const holdId = await holds(owner, order.id, truck);
    await refusedTo(hold(), 'ALREADY_HOLDING');
    const confirm = (id: string, vehicle: Vehicle) =>
      app.refused(...confirming(id, vehicle, driver), keyed());
    await refusedTo(confirm(randomUUID(), truck), 'HOLD_NOT_FOUND');
    const failed = await refusedTo(confirm(holdId, open), 'CONFIRM_FAILED');
    expect(failed.data).toMatchObject({
      failedAssignments: [{ vehicleId: open.id, reason: expect.any(String) as string }],
    });
    const tripId = await confirms(owner, holdId, truck, driver);
    await driver.app.say('PATCH', `assignments/${tripId}/accept`, undefined, answers.Assignment);
    await farFromDrop(customer, driver, order.id, tripId);
    await refusedTo(app.refused('GET', `assignments/${randomUUID()}`), 'ASSIGNMENT_NOT_FOUND');
    await refusedTo(app.refused('GET', `vehicles/${randomUUID()}`), 'VEHICLE_NOT_FOUND');
    const release = { holdId: randomUUID() };
    await refusedTo(app.refused('POST', 'truck-hold/release', release), 'HOLD_NOT_FOUND');
  });

  test('going offline a moment after going online', async () => {
    const { app } = await people.transporter('Deepak Nair');
    const toggle = (isAvailable: boolean) =>
      ['PUT', 'transporter/availability', { isAvailable }] as const;
    await app.say(...toggle(true), answers.ChangedPresence);
    const soon = await refusedTo(app.refused(...toggle(false)), 'TOGGLE_RATE_LIMITED');
    expect(soon.retryAfterMs).toBeLessThanOrEqual(5000);
  });

  /** On the way, nothing is loaded or delivered; and neither without the customer's code. */
  async function farFromDrop(customer: User, { app }: User, orderId: string, tripId: string) {
    const path = `tracking/trip/${tripId}/status`;
    const move = (status: string) => app.refused('PUT', path, { status });
    await refusedTo(move('completed'), 'INVALID_STATUS_TRANSITION');
    const fix = { tripId, ...stop, speed: 0, timestamp: new Date().toISOString() };
    await app.say('POST', 'tracking/update', fix, answers.Anything);
    await refusedTo(move('at_pickup'), 'TOO_FAR_FROM_PICKUP');
    await refusedTo(move('in_transit'), 'POD_OTP_REQUIRED');
    const { trucks } = await customer.app.get(`bookings/${orderId}/trucks`, Coded);
    const { startCode: code, deliveryCode } = trucks[0]?.tripCodes ?? expect.fail('No codes');
    await app.say('PUT', path, { status: 'in_transit', code }, answers.Done);
    const early = { status: 'completed', code: deliveryCode };
    await refusedTo(app.refused('PUT', path, early), 'TOO_FAR_FROM_DROP');
  }

  /** A driver whose first code did not come; and all that can go wrong with that. */
  async function onboarded(owner: User): Promise<User> {
    const { app } = owner;
    const phone = people.newPhone();
    const resend = () => app.refused('POST', 'driver/onboard/resend', { phone });
    await refusedTo(resend(), 'NO_PENDING_REQUEST');
    const license = { licenseNumber: 'KA01 20200001234', licensePhoto: null };
    const asked = { phone, name: 'Mahesh Jat', email: 'mahesh@example.com', ...license };
    await app.say('POST', 'driver/onboard/initiate', asked, answers.Onboarding);
    await refusedTo(resend(), 'OTP_COOLDOWN');
    const first = await people.codeSentTo(phone, 'to drive for');
    await halfAMinuteLater(`driver-onboard:{${phone}}`);
    await app.say('POST', 'driver/onboard/resend', { phone }, answers.OnboardingAgain);
    const otp = await vi.waitFor(async () => {
      const code = await people.codeSentTo(phone, 'to drive for');
      expect(code).not.toBe(first);
      return code;
    }, patience);
    const verify = { phone, otp: first };
    await refusedTo(app.refused('POST', 'driver/onboard/verify', verify), 'OTP_INVALID');
    await app.say('POST', 'driver/onboard/verify', { phone, otp }, answers.Onboarded);
    const { drivers } = await app.get('driver/list', answers.Drivers);
    expect(drivers).toMatchObject([{ phone, email: 'mahesh@example.com', isOnline: false }]);
    const twice = app.refused('POST', 'driver/onboard/initiate', asked);
    await refusedTo(twice, 'DRIVER_ALREADY_IN_FLEET');
    return loggedIn(owner, phone);
  }

  async function loggedIn(owner: User, driverPhone: string): Promise<User> {
    const app = people.captainsApp();
    const stranger = { driverPhone: people.newPhone() };
    const unknown = app.refused('POST', 'driver-auth/send-otp', stranger);
    await refusedTo(unknown, 'DRIVER_NOT_FOUND');
    const verify = (otp: string) => ({ driverPhone, otp });
    const login = 'driver-auth/verify-otp';
    await refusedTo(app.refused('POST', login, verify('000000')), 'OTP_NOT_FOUND');
    await app.say('POST', 'driver-auth/send-otp', { driverPhone }, answers.DriverCodeSent);
    const otp = await people.codeSentTo(owner.phone, driverPhone.slice(-4));
    const wrong = otp === '000000' ? '000001' : '000000';
    await refusedTo(app.refused('POST', login, verify(wrong)), 'OTP_INVALID');
    const session = await app.say('POST', login, verify(otp), answers.DriverSession);
    const { accessToken: token, refreshToken, driver } = session;
    const own = people.captainsApp(token);
    const online = { isOnline: true, currentLocation: null };
    await own.say('PUT', 'driver/availability', online, answers.Online);
    return { id: driver.id, phone: driverPhone, token, refreshToken, app: own };
  }
});

const apps = ['customer', 'captain'] as const;

describe('nothing was left out:', () => {
  const called = (app: AppName | undefined, name: string) =>
    (app ? [app] : apps).some((each) => people.checked.has(`${each} ${name}`));

  test('each of the 72 endpoints of the core was called by the apps that have it, and its answer was checked', () => {
    expect(Object.keys(core)).toHaveLength(72);
    expect(Object.keys(twins)).toHaveLength(4);
    const missing = Object.entries({ ...core, ...twins }).flatMap(([name, { by }]) =>
      (by.length > 0 ? by : [undefined])
        .filter((app) => !called(app, name))
        .map((app) => `${app ?? 'nobody'} ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('each field had a value in an answer, but for those that say why not', () => {
    const fields = new FieldsSeen();
    for (const [name, sample] of Object.entries(samples)) {
      const told = apps.flatMap((app) => people.checked.get(`${app} ${name}`) ?? []);
      fields.read(sample, told, name);
    }
    expect(fields.alwaysNull().toSorted()).toEqual(Object.keys(alwaysNull).toSorted());
  });

  test('each refusal on which an app acts was provoked', () => {
    expect(Object.keys(refusals).filter((code) => !called(undefined, code))).toEqual([]);
  });
});

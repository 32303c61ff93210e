import { describe, expect, test } from 'vitest';
import type { AssignmentStatus } from '../../src/contract/http/assignments/status.ts';
import { routeKeysOf, type Route } from '../../src/contract/http/route.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import {
  positionFields,
  tripKey,
  writePosition,
} from '../../src/fleet/last-positions/trip-positions.ts';
import type { Position } from '../../src/places/position.ts';
import type { Send } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import { requestTo } from '../support/requests.ts';
import { aces, tataAce, type Driver, type Transporter } from '../support/worlds/market-world.ts';
import { ace, tripWorld } from '../support/worlds/trip-world.ts';

const world = await tripWorld();
const { orders, trips, underWay, move, search, allTold, acceptedBefore } = world;

/** Where the truck is, whose secret this is. No other place of these tests is written with these digits. */
const here = { latitude: 20.77231, longitude: 75.88142 };
/** Where the phone of the driver was who did not take the trip, and where the other truck of the order is. */
const formerly = { latitude: 20.66123, longitude: 75.99217 };
const elsewhere = { latitude: 20.55449, longitude: 75.33667 };

const digitsOf = ({ latitude, longitude }: Position) =>
  [latitude, longitude].map((degrees) => degrees.toFixed(5).slice(0, 6));

/** Older than what the geofence asks, so that a trip can go on from anywhere; and still shown, as stale. */
const aWhileAgo = () => Date.now() - 150_000;

function send({ token }: Driver, tripId: string, where: Position) {
  const points = [{ ...where, timestamp: new Date(aWhileAgo()).toISOString() }];
  return trips.sendPositions({ token, body: { tripId, points } });
}

/** As if Redis knew where the truck is, whatever the trip has come to. */
function plant(tripId: string, where: Position) {
  const fix = { ...where, atMs: aWhileAgo(), speed: 9, bearing: 90, accuracy: 5 };
  const values = writePosition({ fix, seenAtMs: fix.atMs, networkIsPoor: false, metres: 1000 });
  const fields = positionFields.flatMap((field, i) => [field, values[i] ?? '']);
  return world.redis.hset(tripKey(tripId), ...fields);
}

async function assign(
  { token }: Transporter,
  holdId: string,
  vehicleId: string,
  { id: driverId }: Driver,
) {
  const assignments = [{ vehicleId, driverId }];
  const { body, error } = await orders.confirmHold({ token, body: { holdId, assignments } });
  return body?.tripIds[0] ?? expect.fail(`Not assigned: ${error?.code}`);
}

async function hold({ token }: Transporter, orderId: string) {
  const { body } = await orders.holdTrucks({ token, body: { orderId, ...ace, quantity: 1 } });
  return body?.holdId ?? expect.fail('Not held');
}

type Scene = Awaited<ReturnType<typeof scene>>;

/**
 * An order of two trucks of two transporters. One driver has declined the first truck, and the next one was asked. The
 * second truck is on its way.
 */
async function scene() {
  const { transporters, ...order } = await search({
    trucks: [aces(2)],
    fleets: [{ kinds: [tataAce, tataAce] }, { kinds: [tataAce] }],
  });
  const [owner, rival] = transporters as [Transporter, Transporter];
  const [former, driver] = owner.drivers as [Driver, Driver];
  const [rivalDriver] = rival.drivers as [Driver];
  const { orderId } = order;

  const [vehicle = ''] = owner.vehicles;
  const formerId = await assign(owner, await hold(owner, orderId), vehicle, former);
  await orders.declineAssignment({ token: former.token, params: { id: formerId }, body: {} });
  const { body: held } = await orders.getActiveHold({
    token: owner.token,
    query: { orderId, ...ace },
  });
  const tripId = await assign(owner, held?.holdId ?? '', vehicle, driver);

  const rivalId = await assign(
    rival,
    await hold(rival, orderId),
    rival.vehicles[0] ?? '',
    rivalDriver,
  );
  await orders.acceptAssignment({ token: rivalDriver.token, params: { id: rivalId } });
  await send(rivalDriver, rivalId, elsewhere);
  return {
    ...order,
    owner,
    rival,
    former,
    driver,
    rivalDriver,
    tripId,
    formerId,
    rivalId,
    links: await linksTo(order),
    other: await underWay(),
  };
}

async function linksTo({ token, params }: { token: string; params: { id: string } }) {
  const link = async () =>
    (await trips.shareOrder({ token, params })).body?.token ?? expect.fail('No link');
  const revoked = await link();
  await trips.revokeShares({ token, params });
  return { 'a link': await link(), 'a revoked link': revoked, 'no link': 'x'.repeat(32) };
}

/** The trip goes on, its phone says where it is, and its customer looks: so every cache knows it. */
async function goesTo(trip: Scene, status: AssignmentStatus) {
  const { driver, tripId, token, params } = trip;
  const moved =
    status === 'driver_accepted'
      ? await orders.acceptAssignment({ token: driver.token, params: { id: tripId } })
      : await move(driver, tripId, status);
  expect([status, moved.status]).toEqual([status, 200]);
  if (status === 'driver_accepted') await acceptedBefore(trip, 10);
  await send(driver, tripId, here);
  await trips.trackTrip({ token, params: { tripId } });
  await orders.listBookingTrucks({ token, params });
}

const goes =
  (...way: readonly AssignmentStatus[]) =>
  async (trip: Scene) => {
    for (const status of ['driver_accepted', ...way] as const) await goesTo(trip, status);
  };

const whileUnderWay: Readonly<Record<string, (trip: Scene) => Promise<unknown>>> = {
  driver_accepted: goes(),
  en_route_pickup: goes('en_route_pickup'),
  at_pickup: goes('at_pickup'),
  loading_complete: goes('at_pickup', 'loading_complete'),
  in_transit: goes('at_pickup', 'in_transit'),
  arrived_at_drop: goes('in_transit', 'arrived_at_drop'),
};

interface BeforeOrAfter {
  readonly status: AssignmentStatus;
  readonly comesTo: (trip: Scene) => Promise<unknown>;
}

const beforeAndAfter: Readonly<Record<string, BeforeOrAfter>> = {
  pending: { status: 'pending', comesTo: async () => undefined },
  declined: {
    status: 'driver_declined',
    comesTo: ({ driver, tripId }) =>
      orders.declineAssignment({ token: driver.token, params: { id: tripId }, body: {} }),
  },
  'not answered in time': {
    status: 'timed_out',
    comesTo: async ({ orderId }) => {
      await world.ageAnswers(orderId, 50);
      await world.reconcile();
    },
  },
  'given up': {
    status: 'cancelled',
    comesTo: async (trip) => {
      await goes('at_pickup')(trip);
      const { driver, tripId: id } = trip;
      const body = { reason: 'The truck broke down' };
      await orders.cancelAssignment({ token: driver.token, params: { id }, body });
    },
  },
  'cancelled by the customer': {
    status: 'cancelled',
    comesTo: async (trip) => {
      await goes('en_route_pickup')(trip);
      const { token, params } = trip;
      await orders.cancelOrder({ token, params, body: { reason: 'Change of plans' } });
    },
  },
  'ended by its transporter': {
    status: 'cancelled',
    comesTo: async (trip) => {
      await goes('in_transit')(trip);
      await world.standStill(trip.tripId, 13);
      await trips.endTrip({
        token: trip.owner.token,
        params: { id: trip.tripId },
        body: { reason: 'The phone is silent', outcome: 'cancelled' },
      });
    },
  },
  completed: { status: 'completed', comesTo: goes('in_transit', 'completed') },
  'completed, as the whole order': {
    status: 'completed',
    comesTo: async (trip) => {
      await goes('in_transit', 'completed')(trip);
      for (const status of ['in_transit', 'completed'] as const) {
        await move(trip.rivalDriver, trip.rivalId, status);
      }
    },
  },
};

/** Who asks, by what they are to the trip. */
const readersOf = ({ token, owner, rival, former, driver, rivalDriver, other }: Scene) => ({
  customer: token,
  transporter: owner.token,
  driver: driver.token,
  'the driver who declined': former.token,
  'the transporter of the other truck': rival.token,
  'the driver of the other truck': rivalDriver.token,
  'another customer': other.token,
  'another transporter': other.owner.token,
  'another driver': other.driver.token,
  nobody: undefined,
});

const { handler: fleet } = await import('../../functions/fleet.ts');
const { handler: orderHandler } = await import('../../functions/orders.ts');
const { handler: tripHandler } = await import('../../functions/trips.ts');

/** Every route that reads something, under each of its paths. */
const served = [
  ['orders', into(orderHandler)],
  ['trips', into(tripHandler)],
  ['fleet', into(fleet)],
] as const;
const reads = served.flatMap(([name, into]) =>
  routesOf(name)
    .filter(({ method }: Route) => method === 'GET')
    .flatMap((route: Route) =>
      routeKeysOf(route).map((key) => {
        const path = key.replace(/^\S+ /, '') as `/${string}`;
        return { into, route: { ...route, path } };
      }),
    ),
);

interface Read {
  readonly into: Send;
  readonly route: Route;
}

/** With what a route can be asked for the trip: the ids that are meant, and those that a stranger would try. */
function paramsFor({ path }: Route, { orderId, tripId, formerId }: Scene) {
  if (path.includes('{id}')) return [orderId, tripId, formerId].map((id) => ({ id }));
  return path.includes('{tripId}') ? [tripId, formerId].map((id) => ({ tripId: id })) : [{}];
}

const queryFor = ({ example }: Route, { driver }: Scene): Readonly<Record<string, string>> => {
  const { driverId, ...query } = example.query ?? {};
  return driverId === undefined ? query : { ...query, driverId: driver.id };
};

async function asked({ into, route }: Read, change: Parameters<typeof requestTo>[1]) {
  const { status, body } = await into(requestTo(route, change));
  expect([route.path, status === 429 || status >= 500]).toEqual([route.path, false]);
  return body;
}

/** An estimate tells of a position, too. */
function tellsOf({ id }: Route, body: string, where: Position, tripId: string): boolean {
  if (digitsOf(where).some((digits) => body.includes(digits))) return true;
  return id === 'estimateArrivals' && body.includes(`"${tripId}"`);
}

/** Everybody asks everything: by which routes whom is told where the truck is. */
async function whoIsTold(trip: Scene) {
  const told = new Set<string>();
  const bodies: string[] = [];
  const ask = async (read: Read, to: string, change: Parameters<typeof requestTo>[1]) => {
    const body = await asked(read, change);
    bodies.push(body);
    if (tellsOf(read.route, body, here, trip.tripId)) told.add(`${read.route.id}: ${to}`);
  };
  const askedBy = (read: Read) => {
    const { route } = read;
    if (route.path.includes('{token}')) {
      return Object.entries(trip.links).flatMap(([link, token]) =>
        ['application/json', 'text/html'].map((accept) =>
          ask(read, `${link}, as ${accept}`, { params: { token }, headers: { accept } }),
        ),
      );
    }
    return Object.entries(readersOf(trip)).flatMap(([reader, token]) =>
      paramsFor(route, trip).map((params) =>
        ask(read, reader, { params, query: queryFor(route, trip), ...(token && { token }) }),
      ),
    );
  };
  for (const read of reads) await Promise.all(askedBy(read));
  return { told: [...told].toSorted(), bodies };
}

const thoseOfTheTrip = [
  'estimateArrivals: customer',
  'estimateArrivals: transporter',
  'listBookingTrucks: customer',
  'trackBooking: customer',
  'trackBooking: transporter',
  'trackFleet: transporter',
  'trackTrip: customer',
  'trackTrip: driver',
  'trackTrip: transporter',
  'watchOrder: a link, as application/json',
  'watchOrder: a link, as text/html',
];

/** The events in which the position stands, and who is told them. */
async function eventsWithPosition() {
  const events = await allTold();
  return events.filter((each) =>
    digitsOf(here).some((digits) => JSON.stringify(each).includes(digits)),
  );
}

describe('P12: while a trip is under way, its truck is shown to those of the trip, and to nobody else', () => {
  test.each(Object.entries(whileUnderWay))('%s', async (_, comesTo) => {
    const trip = await scene();
    await allTold();
    await comesTo(trip);
    const events = await eventsWithPosition();
    expect(events).not.toEqual([]);
    for (const event of events) {
      expect(event).toMatchObject({ event: 'location_updated', to: [trip.customerId] });
    }
    await plant(trip.formerId, formerly);
    const { told, bodies } = await whoIsTold(trip);
    expect(told).toEqual(thoseOfTheTrip);
    expect(bodies.filter((body) => digitsOf(formerly).some((each) => body.includes(each)))).toEqual(
      [],
    );
  });
});

describe('P12: before and after, it is shown to nobody, although it is known', () => {
  test.each(Object.entries(beforeAndAfter))('%s', async (_, { status, comesTo }) => {
    const trip = await scene();
    await comesTo(trip);
    const asOwner = { token: trip.owner.token, params: { id: trip.tripId } };
    expect((await orders.getAssignment(asOwner)).body?.status).toBe(status);
    await allTold();
    // What the phone still sends is not passed on.
    expect((await send(trip.driver, trip.tripId, here)).status).toBe(200);
    expect(await eventsWithPosition()).toEqual([]);
    await plant(trip.tripId, here);
    await plant(trip.formerId, formerly);
    const { told, bodies } = await whoIsTold(trip);
    expect(told).toEqual([]);
    expect(bodies.filter((text) => digitsOf(formerly).some((each) => text.includes(each)))).toEqual(
      [],
    );
  });
});

test('P12: nobody else’s phone says where the truck is', async () => {
  const trip = await scene();
  await goes('in_transit')(trip);
  const { tripId, token } = trip;
  for (const stranger of [trip.former, trip.rivalDriver, trip.other.driver]) {
    expect((await send(stranger, tripId, formerly)).error?.code).toBe('ASSIGNMENT_NOT_FOUND');
  }
  const { body } = await trips.trackTrip({ token, params: { tripId } });
  expect(body).toMatchObject(here);
});

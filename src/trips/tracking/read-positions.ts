import { AppError } from '../../contract/errors.ts';
import type { TripPosition } from '../../contract/http/tracking/views.ts';
import type { SessionOwner } from '../../contract/wire.ts';
import { isInaccurate } from '../../fleet/last-positions/fix.ts';
import { stalenessOf } from '../../fleet/last-positions/staleness.ts';
import type { LastPosition, TripPositions } from '../../fleet/last-positions/trip-positions.ts';
import type { Clock } from '../../platform/clock.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';
import type { KnownTrip, TripOf } from '../known-trip.ts';

/** The trips of an order, and whose order it is: it may have no trips yet. */
export interface TripsOfOrder<Trip extends KnownTrip = KnownTrip> {
  readonly customerId: string;
  readonly trips: readonly Trip[];
}

export interface ReadingDeps {
  readonly positions: Pick<TripPositions, 'of'>;
  readonly tripOf: TripOf;
  readonly tripsOfOrder: (orderId: string) => Promise<TripsOfOrder | undefined>;
  readonly liveTripsOf: (transporterId: string) => Promise<readonly KnownTrip[]>;
  readonly clock: Clock;
}

type Watcher = Pick<SessionOwner, 'userId' | 'role'>;

/** A trip on the map, as both apps read it. */
function positionView(trip: KnownTrip, position: LastPosition, now: Date): TripPosition {
  const { tripId, driverId, driverName, vehicleNumber, status } = trip;
  const { fix, seenAtMs, metres } = position;
  return {
    tripId,
    driverId,
    driverName,
    vehicleNumber,
    status,
    latitude: fix.latitude,
    longitude: fix.longitude,
    speed: fix.speed ?? 0,
    bearing: fix.bearing ?? 0,
    lastUpdated: new Date(seenAtMs).toISOString(),
    isInaccurate: isInaccurate(fix),
    ...stalenessOf(position, now),
    distanceDrivenKm: Math.round(metres / 1000),
  };
}

/** P12: a trip is shown to its customer, its transporter and its driver, and only while it is under way. */
export async function showTrip(
  { tripId, caller }: { readonly tripId: string; readonly caller: Watcher },
  deps: ReadingDeps,
): Promise<TripPosition> {
  const trip = await deps.tripOf(tripId);
  if (!trip || !takesPart(trip, caller)) throw new AppError('ASSIGNMENT_NOT_FOUND');
  if (trip.endedAtMs !== null) throw new AppError('TRIP_ENDED');
  const [view] = await onTheMap([trip], deps);
  if (!view) throw new AppError('POSITION_UNKNOWN');
  return view;
}

function takesPart(trip: KnownTrip, { role, userId }: Watcher): boolean {
  const { customerId, transporterId, driverId } = trip;
  return { customer: customerId, transporter: transporterId, driver: driverId }[role] === userId;
}

/** Someone who asks for the trips of an order. */
export interface AskedOrder {
  readonly orderId: string;
  readonly caller: Watcher;
}

/** The trips of an order: all of them for its customer, for a transporter its own. */
export async function tripsShownTo<Trip extends KnownTrip>(
  { orderId, caller }: AskedOrder,
  tripsOfOrder: (orderId: string) => Promise<TripsOfOrder<Trip> | undefined>,
): Promise<readonly Trip[]> {
  const order = await tripsOfOrder(orderId);
  const trips = order?.trips.filter((trip) => takesPart(trip, caller)) ?? [];
  const isCustomer = caller.role === 'customer' && order?.customerId === caller.userId;
  if (!isCustomer && trips.length === 0) throw new AppError('ORDER_NOT_FOUND');
  return trips;
}

export async function showBookingPositions(asked: AskedOrder, deps: ReadingDeps) {
  const trips = await tripsShownTo(asked, deps.tripsOfOrder);
  return { bookingId: asked.orderId, trucks: await onTheMap(trips, deps) };
}

/** Where a transporter's trucks are that have a trip. */
export async function showFleet(transporterId: string, deps: ReadingDeps) {
  const live = await deps.liveTripsOf(transporterId);
  const trips = live.filter((trip) => trip.transporterId === transporterId && isUnderWay(trip));
  const drivers = await onTheMap(trips, deps);
  return { transporterId, activeDrivers: trips.length, drivers };
}

async function onTheMap(
  trips: readonly KnownTrip[],
  { positions, clock }: ReadingDeps,
): Promise<TripPosition[]> {
  const shown = trips.filter(isUnderWay);
  const found = await positions.of(shown.map(({ tripId }) => tripId));
  const now = clock.now();
  return shown.flatMap((trip) => {
    const position = found.get(trip.tripId);
    return position ? [positionView(trip, position, now)] : [];
  });
}

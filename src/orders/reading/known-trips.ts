import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { nameOfDriver } from '../order/names-shown.ts';
import { snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';
import { readAnyOrder } from './read-order.ts';
import type { Position } from '../../places/position.ts';
import { Recent } from '../../platform/recent.ts';
import { liveTripOf, liveTripsOf, orderOfTrip, tripRow } from './known-trips-store.ts';

/** What must be known of a trip to say who may see it, and where it goes. */
export interface KnownTrip {
  readonly tripId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly transporterId: string;
  readonly driverId: string;
  readonly driverName: string;
  readonly vehicleNumber: string;
  readonly status: AssignmentStatus;
  /** When the driver accepted it, when the truck left for the drop, and when the trip ended: in milliseconds since 1970. */
  readonly acceptedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly pickup: Position;
  readonly drop: Position;
  /** Between pickup and drop, in their order. */
  readonly stops: readonly Position[];
  /** The order's. */
  readonly eventVersion: number;
}

/** An order with the trips of its trucks. A trip that was lost is not among them. */
interface KnownOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly trips: readonly KnownTrip[];
}

export interface KnownTrips {
  readonly tripOf: (tripId: string) => Promise<KnownTrip | undefined>;
  /** The id of the trip that a driver is on, or is asked for. P11: there is at most one. */
  readonly tripOfDriver: (driverId: string) => Promise<string | undefined>;
  readonly orderOf: (orderId: string) => Promise<KnownOrder | undefined>;
  /** The trips that the vehicles of a transporter are on, and those that wait for a driver's answer. */
  readonly liveTripsOf: (transporterId: string) => Promise<readonly KnownTrip[]>;
}

/** How many trips one environment remembers the order of. It never changes. */
const mostRemembered = 2000;

/**
 * Trips, as their orders' snapshots tell of them. A snapshot in the cache is superseded before a transition is
 * committed: so nobody is shown a trip that has ended.
 */
export function openKnownTrips(deps: OrderDeps): KnownTrips {
  const orderIds = new Recent<string>(mostRemembered);
  const orderIdOf = async (tripId: string) => {
    const known = orderIds.get(tripId);
    if (known !== undefined) return known;
    const found = await deps.postgres.run((db) => orderOfTrip(db, tripId));
    if (found !== undefined) orderIds.set(tripId, found);
    return found;
  };
  return {
    tripOf: async (tripId) => {
      const orderId = await orderIdOf(tripId);
      if (orderId === undefined) return undefined;
      const snapshot = await readAnyOrder(orderId, deps);
      const trip = snapshot && tripsIn(snapshot).find((each) => each.tripId === tripId);
      return trip ?? lostTrip(tripId, deps);
    },
    tripOfDriver: (driverId) => deps.postgres.run((db) => liveTripOf(db, driverId)),
    orderOf: async (orderId) => {
      const snapshot = await readAnyOrder(orderId, deps);
      return snapshot && knownOrder(snapshot);
    },
    liveTripsOf: async (transporterId) => {
      const rows = await deps.postgres.run((db) => liveTripsOf(db, transporterId));
      return rows.flatMap((row) =>
        tripsIn(snapshotOf(row)).filter(({ tripId }) => tripId === row.trip_id),
      );
    },
  };
}

function knownOrder(snapshot: OrderSnapshot): KnownOrder {
  const { id, customerId } = snapshot.order;
  return { orderId: id, customerId, trips: tripsIn(snapshot) };
}

function tripsIn({ order, requests }: OrderSnapshot): readonly KnownTrip[] {
  return requests.flatMap((truck) => {
    const { tripId, tripStatus, assignedTransporterId, assignedDriverId } = truck;
    if (tripId === null || tripStatus === null) return [];
    if (assignedTransporterId === null || assignedDriverId === null) return [];
    const who = {
      tripId,
      transporterId: assignedTransporterId,
      driverId: assignedDriverId,
      driverName: truck.assignedDriverName ?? nameOfDriver(null),
      vehicleNumber: truck.assignedVehicleNumber ?? '',
      status: tripStatus,
      acceptedAtMs: msOf(truck.tripAcceptedAt),
      startedAtMs: msOf(truck.tripStartedAt),
      endedAtMs: msOf(truck.tripEndedAt),
    };
    return [{ ...who, ...placesOf(order) }];
  });
}

const msOf = (instant: string | null) => (instant === null ? null : Date.parse(instant));

function placesOf(order: OrderSnapshot['order']) {
  return {
    orderId: order.id,
    customerId: order.customerId,
    pickup: order.pickup,
    drop: order.drop,
    stops: order.routePoints.filter(({ type }) => type === 'STOP'),
    eventVersion: order.eventVersion,
  };
}

/** A trip that ended before its driver arrived anywhere. The order's snapshot has forgotten it. */
async function lostTrip(tripId: string, deps: OrderDeps): Promise<KnownTrip | undefined> {
  const row = await deps.postgres.run((db) => tripRow(db, tripId));
  if (!row) return undefined;
  const { driverName, ...trip } = row.trip;
  return {
    ...trip,
    tripId,
    driverName: nameOfDriver(driverName),
    ...placesOf(snapshotOf(row).order),
  };
}

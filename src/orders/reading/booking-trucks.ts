import type { BookingTruck } from '../../contract/http/orders/views.ts';
import { averageRating } from '../../fleet/drivers/average-rating.ts';
import type { TripPositions } from '../../fleet/last-positions/trip-positions.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import type { OrderSnapshot } from '../order/order-snapshot.ts';
import { billOf } from '../stays/bill.ts';
import { tripCodes, type ReadTripCodeKey, type TripCodeKey } from '../trips/trip-codes.ts';
import { isUnderWay } from '../trips/trip-status.ts';
import { tripFactsOf, type TripFacts } from './trip-facts-store.ts';
import { readOrder, type OwnOrder } from './read-order.ts';

export interface BookingTruckDeps extends OrderDeps {
  readonly positions: Pick<TripPositions, 'ofOrNone'>;
  readonly readCodeKey: ReadTripCodeKey;
}

/** The trucks that were found for an order: who drives them, where they are, and what they cost. */
export async function showBookingTrucks(which: OwnOrder, deps: BookingTruckDeps) {
  const { requests } = await readOrder(which, deps);
  const tripIds = requests.flatMap(({ tripId }) => tripId ?? []);
  if (tripIds.length === 0) return { trucks: [] };
  const [facts, fixes] = await Promise.all([
    deps.postgres.run((db) => tripFactsOf(db, tripIds)),
    deps.positions.ofOrNone(tripIds),
  ]);
  const key = facts.some(({ needsCodes }) => needsCodes) ? await deps.readCodeKey() : undefined;
  const now = deps.clock.now();
  const trucks = requests.flatMap((request) => {
    const theirs = facts.find(({ tripId }) => tripId === request.tripId);
    return theirs ? bookingTruck(request, theirs, fixes.get(theirs.tripId)?.fix, { key, now }) : [];
  });
  return { trucks };
}

interface Fix {
  readonly latitude: number;
  readonly longitude: number;
}

function bookingTruck(
  request: OrderSnapshot['requests'][number],
  facts: TripFacts,
  fix: Fix | undefined,
  { key, now }: { readonly key: TripCodeKey | undefined; readonly now: Date },
): BookingTruck[] {
  const { tripId, tripStatus, assignedAt } = request;
  if (tripId === null || tripStatus === null || assignedAt === null) return [];
  const codes = key !== undefined && facts.needsCodes && tripStatus !== 'completed';
  return [
    {
      assignmentId: tripId,
      tripId,
      vehicleNumber: request.assignedVehicleNumber ?? '',
      vehicleType: request.vehicleType,
      driverName: request.assignedDriverName ?? '',
      driverPhone: request.assignedDriverPhone ?? '',
      driverProfilePhotoUrl: facts.driverPhoto,
      driverRating: averageRating(facts),
      driverTotalRatings: facts.ratings,
      customerRating: facts.stars,
      status: tripStatus,
      assignedAt,
      currentLocation:
        fix && isUnderWay({ status: tripStatus })
          ? { latitude: fix.latitude, longitude: fix.longitude }
          : null,
      bill: billOf({ ...request, stays: facts.stays }, now),
      documents: facts.documents,
      tripCodes: codes ? tripCodes(tripId, key) : null,
    },
  ];
}

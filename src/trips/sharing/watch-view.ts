import type { WatchedOrder } from '../../contract/http/sharing/views.ts';
import type { Eta, TripPosition } from '../../contract/http/tracking/views.ts';
import type { OrderSnapshot } from '../../orders/order/order-snapshot.ts';
import { roundedTo, type Position } from '../../places/position.ts';
import { isUnderWay } from '../../orders/trips/trip-status.ts';

type Truck = OrderSnapshot['requests'][number];
type WatchedTruck = WatchedOrder['trucks'][number];

/** Where the trucks of an order are, and when they arrive: those of which it is known, by the ids of their trips. */
export interface Tracked {
  readonly positions: readonly TripPosition[];
  readonly etas: Readonly<Record<string, Eta>>;
}

/** A pickup and a drop, as the town or the part of the city is called. */
export interface Names {
  readonly pickup: string;
  readonly drop: string;
}

/**
 * What a stranger with the link sees. P12: first names, and no phone, no address and no id. A truck is shown when its
 * driver has accepted.
 */
export function watchView(
  { order, requests }: OrderSnapshot,
  names: Names,
  tracked: Tracked,
  now: Date,
): WatchedOrder {
  return {
    status: order.status,
    sharedBy: firstNameOf(order.customerName, 'Customer'),
    pickup: { ...coarse(order.pickup), address: names.pickup },
    drop: { ...coarse(order.drop), address: names.drop },
    // Trucks that were not found, or were lost, are not waited for.
    trucksNeeded: requests.filter(({ status }) => status !== 'expired' && status !== 'cancelled')
      .length,
    trucks: requests.flatMap((truck) => truckView(truck, tracked)),
    serverTime: now.toISOString(),
  };
}

function truckView(truck: Truck, tracked: Tracked): readonly WatchedTruck[] {
  const { tripId, tripStatus: status, assignedVehicleNumber: vehicleNumber } = truck;
  if (tripId === null || status === null || vehicleNumber === null) return [];
  const isSeen = isUnderWay({ status });
  if (!isSeen && status !== 'completed') return [];
  const seen = isSeen ? tracked.positions.find((each) => each.tripId === tripId) : undefined;
  return [
    {
      number: truck.requestNumber,
      vehicleNumber,
      vehicleType: truck.vehicleType,
      vehicleSubtype: truck.vehicleSubtype,
      driverFirstName: firstNameOf(truck.assignedDriverName ?? '', 'Driver'),
      status,
      position: seen ? positionView(seen) : null,
      eta: seen ? (tracked.etas[tripId] ?? null) : null,
    },
  ];
}

function positionView(seen: TripPosition): NonNullable<WatchedTruck['position']> {
  const { latitude, longitude, speed, bearing, lastUpdated, isInaccurate } = seen;
  const { isStale, staleSince, staleReason } = seen;
  const where = { latitude, longitude, speed, bearing, lastUpdated, isInaccurate };
  return { ...where, isStale, staleSince, staleReason };
}

function firstNameOf(name: string, nameless: string): string {
  return name.trim().split(/\s+/)[0] || nameless;
}

/** Three digits are about a hundred metres: enough for the map, and not enough to find a door. */
const coarse = ({ latitude, longitude }: Position): Position =>
  roundedTo(3)({ latitude, longitude });

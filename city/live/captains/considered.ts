import { kindOf } from '../../../src/catalogue/vehicle-kind.ts';
import { quote } from '../../../src/catalogue/price.ts';
import { greatCircleKm, type Position } from '../../../src/places/position.ts';
import { kmHomeward, type Considered } from '../../world/captain.ts';
import type { Captain } from '../../world/fleets.ts';
import type { PlannedOrder } from '../../world/orders.ts';
import type { Offer } from './offer.ts';

const istSeconds = 5.5 * 3600;
const daySeconds = 86_400;

/** The time of day in India, in seconds: the world's clock. */
export const secondsOfDay = (now: number): number => (now / 1000 + istSeconds) % daySeconds;

/**
 * An offered order in the world's words. The world knows orders by number: ours comes from the random end of the id, so
 * that a captain takes each order by a mood of its own.
 */
export function plannedFrom(offer: Offer, now: number): PlannedOrder {
  return {
    index: Number.parseInt(offer.orderId.slice(-7), 16),
    id: offer.orderId,
    atSeconds: secondsOfDay(now),
    pickup: offer.pickupLocation,
    drop: offer.dropLocation,
    trucks: [],
    price: priceOf(offer, now),
    patienceSeconds: 0,
  };
}

/** What the customer pays, as a multiple of what we would quote. */
function priceOf(
  { requestedVehicles: [line], farePerTruck, distanceKm }: Offer,
  now: number,
): number {
  const kind = line && kindOf(line.vehicleType, line.vehicleSubtype);
  if (!kind) return 1;
  return farePerTruck / quote({ kind, distanceKm, trucks: 1, at: new Date(now) }).pricePerTruck;
}

interface Standing extends Position {
  readonly idleSince: number;
}

/** What a captain weighs who would send the nearest of these trucks. */
export function considered(
  captain: Captain,
  offer: Offer,
  trucks: readonly Standing[],
  offersInHand: number,
  now: number,
): Considered | undefined {
  const [nearest] = trucks
    .map((truck) => ({ truck, km: greatCircleKm(truck, offer.pickupLocation) }))
    .toSorted((one, other) => one.km - other.km);
  if (!nearest) return undefined;
  return {
    km: nearest.km,
    kmHomeward: kmHomeward(captain, nearest.truck, offer.dropLocation),
    idleHours: (now - nearest.truck.idleSince) / 3_600_000,
    offersInHand,
  };
}

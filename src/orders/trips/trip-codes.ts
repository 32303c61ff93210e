import { createHmac, timingSafeEqual } from 'node:crypto';

/** The two codes that a customer gives the driver: the first when the truck leaves, the other when it is unloaded. */
export interface TripCodes {
  readonly startCode: string;
  readonly deliveryCode: string;
}

/** A secret of the stage. */
export type TripCodeKey = string;
export type ReadTripCodeKey = () => Promise<TripCodeKey>;

/** The codes of a trip follow from its id and the stage's key. So they need not be stored. */
export function tripCodes(tripId: string, key: TripCodeKey): TripCodes {
  return { startCode: code(tripId, 'start', key), deliveryCode: code(tripId, 'delivery', key) };
}

/** In constant time. */
export function isCode(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function code(tripId: string, what: string, key: TripCodeKey): string {
  const number = createHmac('sha256', key).update(`${tripId}:${what}`).digest().readUInt32BE();
  return String(number % 10_000).padStart(4, '0');
}

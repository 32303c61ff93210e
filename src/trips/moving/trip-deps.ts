import type { OrderDeps } from '../../orders/order/order-deps.ts';
import type { ReadTripCodeKey } from '../../orders/trips/trip-codes.ts';
import type { TrackKnown } from './track-known.ts';

export interface EndingDeps extends OrderDeps {
  /** What tracking knows of a trip. */
  readonly trackOf: (tripId: string) => Promise<TrackKnown>;
}

export interface TripDeps extends EndingDeps {
  readonly readCodeKey: ReadTripCodeKey;
}

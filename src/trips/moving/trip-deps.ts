import type { OrderDeps } from '../../orders/order/order-deps.ts';
import type { LastFix } from './geofence.ts';
import type { ReadTripCodeKey } from '../../orders/trips/trip-codes.ts';

/** What tracking knows of a trip, and what it does at its end. */
export interface TrackOfTrip {
  /** Nothing is known if the phone has sent nothing, or if Redis is away. */
  known(tripId: string): Promise<{ fix: LastFix | undefined; drivenM: number | undefined }>;
  /** Keeps what is left of the track. Called after the commit: whatever fails here is kept later. */
  end(tripId: string): Promise<void>;
}

export interface EndingDeps extends OrderDeps {
  readonly track: TrackOfTrip;
}

export interface TripDeps extends EndingDeps {
  readonly readCodeKey: ReadTripCodeKey;
}

import type { OrderDeps } from '../../src/orders/order/order-deps.ts';
import {
  openTripPositions,
  type TripPositions,
} from '../../src/fleet/last-positions/trip-positions.ts';
import { openKnownTrips, type KnownTrips } from '../../src/orders/reading/known-trips.ts';
import { noteMoved, noteVisit } from '../../src/orders/stays/note-visit.ts';
import type { RedisConnection } from '../../src/platform/redis/redis.ts';
import { learnFromSegment } from '../../src/trips/eta/learn-from-segment.ts';
import type { EtaDeps } from '../../src/trips/eta/show-etas.ts';
import type { TripDeps } from '../../src/trips/moving/trip-deps.ts';
import { distanceDriven } from '../../src/trips/tracking/keep-history.ts';
import type { ReadingDeps } from '../../src/trips/tracking/read-positions.ts';
import { findWritten, writeSegment } from '../../src/trips/tracking/segment-store.ts';
import type { TakingDeps } from '../../src/trips/tracking/take-points.ts';
import { openTrackStore } from '../../src/trips/tracking/track-store.ts';
import { trackKnown } from '../../src/trips/moving/track-known.ts';

type Tracking = TakingDeps &
  ReadingDeps &
  EtaDeps &
  Pick<KnownTrips, 'tripOfDriver'> & { readonly positions: TripPositions };

/** What a function needs to take positions and to show them. */
export function trackingFrom(orders: OrderDeps, redis: RedisConnection): Tracking {
  const { postgres } = orders;
  const trips = openKnownTrips(orders);
  return {
    ...orders,
    tracks: openTrackStore(redis),
    positions: openTripPositions(redis),
    tripOf: trips.tripOf,
    tripOfDriver: trips.tripOfDriver,
    tripsOfOrder: trips.orderOf,
    liveTripsOf: trips.liveTripsOf,
    noteVisit: (tripId, visit) => noteVisit({ tripId, ...visit }, orders),
    noteMoved: (tripId, at) => noteMoved(tripId, at, orders),
    writeSegment: (tripId, segment) => postgres.run((db) => writeSegment(db, tripId, segment)),
    findWritten: (tripId) => postgres.run((db) => findWritten(db, tripId)),
    learnFrom: (tripId, points) => learnFromSegment(tripId, points, { postgres, redis }),
  };
}

/** What a move of a trip asks of its track. */
export function trackOf(tracking: Tracking): TripDeps['trackOf'] {
  return (tripId) =>
    trackKnown(tripId, {
      positions: tracking.positions,
      distanceDriven: (id) => distanceDriven(id, tracking),
    });
}

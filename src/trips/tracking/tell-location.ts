import { tell } from '../../contract/events/event.ts';
import { locationUpdated } from '../../contract/events/trips.ts';
import type { Fix } from '../../fleet/last-positions/fix.ts';
import { ageOf, stalenessOf } from '../../fleet/last-positions/staleness.ts';
import { idsOf } from '../../orders/telling/order-events.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { Ids } from '../../platform/ids.ts';
import { eventFor } from '../../platform/outbox/events.ts';
import type { KnownTrip } from '../known-trip.ts';
import type { TripTrack } from './track-state.ts';

export interface TellingDeps {
  readonly queues: { readonly notify: Pick<Queue, 'send'> };
  readonly ids: Ids;
}

/** The customer is told where a truck is no more often. */
const toldEveryMs = 2000;

/** The fix that is to be told now, if one is: only the newest, and never an older one than before. */
export function fixToTell(told: TripTrack['told'], shown: Fix | null, nowMs: number): Fix | null {
  const isNewer = shown !== null && shown.atMs > (told?.fixAtMs ?? 0);
  return isNewer && nowMs - (told?.atMs ?? 0) >= toldEveryMs ? shown : null;
}

/** In milliseconds. Then the next position is on its way, or the truck is not heard of any more. */
const ofUseForMs = 60_000;

type Seen = Pick<TripTrack, 'seenAtMs' | 'networkIsPoor'> & { readonly fix: Fix };

/** Not by the outbox: if this is lost, the next position replaces it. */
export async function tellLocation(trip: KnownTrip, seen: Seen, now: Date, deps: TellingDeps) {
  const { orderId, tripId, driverId, customerId } = trip;
  const { fix, seenAtMs } = seen;
  const telling = tell(locationUpdated, [customerId], {
    ...idsOf(orderId),
    tripId,
    driverId,
    latitude: fix.latitude,
    longitude: fix.longitude,
    speed: fix.speed ?? 0,
    bearing: fix.bearing ?? 0,
    timestamp: new Date(seenAtMs).toISOString(),
    isStale: stalenessOf(seen, now).isStale,
    locationAgeMs: ageOf({ seenAtMs }, now),
    until: new Date(now.getTime() + ofUseForMs).toISOString(),
  });
  await deps.queues.notify.send(eventFor(telling, now.toISOString(), deps.ids).message);
}

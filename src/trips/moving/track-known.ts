import { isInaccurate } from '../../fleet/last-positions/fix.ts';
import type { TripPositions } from '../../fleet/last-positions/trip-positions.ts';
import type { LastFix } from './geofence.ts';

interface Deps {
  readonly positions: Pick<TripPositions, 'ofOrNone'>;
  /** In metres. While Redis is away, only what is written is known. */
  readonly distanceDriven: (tripId: string) => Promise<number>;
}

/** Nothing is known if the phone has sent nothing. */
export interface TrackKnown {
  /** The last position, if distances may be taken from it. */
  readonly fix: LastFix | undefined;
  readonly drivenM: number | undefined;
}

/** What is known of a truck when its trip moves. Without Redis the trip moves all the same. */
export async function trackKnown(
  tripId: string,
  { positions, distanceDriven }: Deps,
): Promise<TrackKnown> {
  const [found, metres] = await Promise.all([positions.ofOrNone([tripId]), distanceDriven(tripId)]);
  const position = found.get(tripId);
  const isUsable = position && !isInaccurate(position.fix);
  return {
    // By our clock: the geofence compares it with ours.
    fix: isUsable ? { ...position.fix, atMs: position.seenAtMs } : undefined,
    drivenM: metres === 0 ? undefined : metres,
  };
}

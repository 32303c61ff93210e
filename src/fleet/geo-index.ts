import type { Clock } from '../platform/clock.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { nearestCaptains, type NearCaptain, type Wanted } from './geo-nearest.ts';
import {
  forgetKinds,
  lastSeen,
  placeCaptain,
  presentOf,
  removeCaptain,
  type SeenCaptain,
} from './geo-place.ts';

/** Where the transporters are who are online, in Redis. With Redis down nobody is found. */
export interface GeoIndex {
  /** A heartbeat. Answers the kinds of the fleet; who has none is seen, but not found. */
  place(captain: SeenCaptain): Promise<readonly string[]>;
  /** Offline. */
  remove(id: string): Promise<void>;
  /** To be called after every change of a fleet. */
  forgetKinds(id: string): Promise<void>;
  /** When its last heartbeat came, if that was less than 90 s ago. */
  lastSeen(id: string): Promise<Date | undefined>;
  /**
   * The nearest entries. An entry may be left of somebody who has gone offline or silent within the last two
   * minutes: before anybody is asked or counted, `present` says who is there.
   */
  nearest(wanted: Wanted): Promise<readonly NearCaptain[]>;
  present(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

export function openGeoIndex(deps: {
  readonly redis: Pick<RedisConnection, 'evaluate' | 'getRange'>;
  readonly clock: Clock;
}): GeoIndex {
  const { redis, clock } = deps;
  const now = () => clock.now().getTime();
  return {
    place: (captain) => placeCaptain(redis, captain, now()),
    remove: (id) => removeCaptain(redis, id),
    forgetKinds: (id) => forgetKinds(redis, id),
    lastSeen: (id) => lastSeen(redis, id),
    nearest: (wanted) => nearestCaptains(redis, wanted, now()),
    present: (ids) => presentOf(redis, ids, now()),
  };
}

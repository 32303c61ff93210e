import type { Clock } from '../../../platform/clock.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { nearestCaptains, type NearCaptain, type Wanted } from './geo-nearest.ts';
import { forgetKinds, lastSeen, placeCaptain, type SeenCaptain } from './geo-place.ts';
import { removeCaptain } from './geo-remove.ts';

/** Where the transporters are who are online, in Redis. With Redis down nobody is found. */
export interface GeoIndex {
  /** A heartbeat. Answers the kinds of the fleet; who has none is seen, but not found. One too early is refused. */
  place(captain: SeenCaptain): Promise<readonly string[]>;
  /** Offline, from now until the next heartbeat. */
  remove(id: string): Promise<void>;
  /** To be called after every change of a fleet. */
  forgetKinds(id: string): Promise<void>;
  /** When its last heartbeat came, if that was less than 90 s ago. */
  lastSeen(id: string): Promise<Date | undefined>;
  /**
   * The nearest who are online: nobody who was removed, and nobody who has been silent for 90 s. Whoever beats
   * seldom, or falls silent, may be lost up to 30 s earlier: 60 to 90 s after its last heartbeat.
   */
  nearest(wanted: Wanted): Promise<readonly NearCaptain[]>;
}

export function openGeoIndex(deps: {
  readonly redis: Pick<RedisConnection, 'evaluate' | 'getRange'>;
  readonly clock: Clock;
  /** Whether a captain may beat as often as it likes. Default: it may not. */
  readonly limitsLifted?: boolean;
}): GeoIndex {
  const { redis, clock, limitsLifted = false } = deps;
  const now = () => clock.now().getTime();
  return {
    place: (captain) => placeCaptain(redis, captain, { now: now(), limitsLifted }),
    remove: (id) => removeCaptain(redis, id),
    forgetKinds: (id) => forgetKinds(redis, id),
    lastSeen: (id) => lastSeen(redis, id),
    nearest: (wanted) => nearestCaptains(redis, wanted, now()),
  };
}

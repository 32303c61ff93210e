import type { Clock } from '../../../platform/clock.ts';
import type { RedisConnection } from '../../../platform/redis/redis.ts';
import { nearestCaptains, type NearCaptain, type Wanted } from './geo-nearest.ts';
import { forgetKinds, lastSeen, noteHeartbeat, type SeenCaptain } from './geo-heartbeat.ts';
import { removeCaptain } from './geo-remove.ts';

/** Knows where the online transporters are. It lives in Redis: while Redis is down, nobody is found. */
export interface GeoIndex {
  /**
   * Answers the kinds of the fleet. A captain without kinds is noted as seen, but no search finds it. A heartbeat that
   * comes too early is refused.
   */
  noteHeartbeat(captain: SeenCaptain): Promise<readonly string[]>;
  /** Takes a captain offline, until the next heartbeat. */
  remove(id: string): Promise<void>;
  /** To be called after every change of a fleet. */
  forgetKinds(id: string): Promise<void>;
  /** When the captain's last heartbeat came, if that was less than 90 s ago. */
  lastSeen(id: string): Promise<Date | undefined>;
  /**
   * The nearest captains who are online. A captain who was removed, or has been silent for 90 s, is never among them.
   * A silent captain may be missing up to 30 s earlier: 60 to 90 s after its last heartbeat.
   */
  nearest(wanted: Wanted): Promise<readonly NearCaptain[]>;
}

export function openGeoIndex(deps: {
  readonly redis: Pick<RedisConnection, 'evaluate' | 'getRange'>;
  readonly clock: Clock;
  /** Whether heartbeats may come as often as they like. Default: no. */
  readonly limitsLifted?: boolean;
}): GeoIndex {
  const { redis, clock, limitsLifted = false } = deps;
  const now = () => clock.now().getTime();
  return {
    noteHeartbeat: (captain) => noteHeartbeat(redis, captain, { now: now(), limitsLifted }),
    remove: (id) => removeCaptain(redis, id),
    forgetKinds: (id) => forgetKinds(redis, id),
    lastSeen: (id) => lastSeen(redis, id),
    nearest: (wanted) => nearestCaptains(redis, wanted, now()),
  };
}

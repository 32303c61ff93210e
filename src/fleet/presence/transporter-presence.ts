import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { Position } from '../../places/position.ts';
import { isRedisAway } from '../../platform/redis/redis-errors.ts';
import type { GeoIndex } from './index/geo-index.ts';
import { unseenAfterMs } from './index/geo-keys.ts';
import type { PresenceSwitch } from './presence-switch.ts';
import { kindsInService } from '../vehicles/vehicle-store.ts';

export interface PresenceDeps {
  readonly geo: GeoIndex;
  readonly presence: PresenceSwitch;
  readonly postgres: Postgres;
  readonly clock: Clock;
}

/** The Captain app beats at this pace whatever it is told; others may believe it. */
const nextHeartbeatMs = 5000;

/** Whether offers come: switched on, and heard of lately, were it only by saying so (again). */
export async function readPresence(id: string, { geo, presence, clock }: PresenceDeps) {
  const [said, seen] = await Promise.all([presence.get(id), unlessAway(geo.lastSeen(id))]);
  const latest = Math.max(said?.heard?.getTime() ?? 0, seen?.getTime() ?? 0);
  const heard = clock.now().getTime() - latest < unseenAfterMs;
  return {
    isAvailable: heard && (said?.on ?? seen !== undefined),
    updatedAt: said?.at.toISOString() ?? null,
    cooldownMs: presence.cooldownMs,
    cooldownRemainingMs: said?.coolingMs ?? 0,
  };
}

/**
 * Going offline ends being found at once; going online begins with the next heartbeat. Who goes offline is removed
 * before the switch, so that nobody is found who is switched off, wherever this is cut off; and after it, for
 * heartbeats that came between. Where the switch is refused, the next heartbeat is found again.
 */
export async function switchPresence(id: string, isAvailable: boolean, deps: PresenceDeps) {
  if (!isAvailable) await unlessAway(deps.geo.remove(id));
  const switched = await deps.presence.set(id, isAvailable);
  if (switched.outcome === 'refused') {
    throw new AppError('TOGGLE_RATE_LIMITED', { retryAfterMs: switched.waitMs });
  }
  if (!isAvailable) await unlessAway(deps.geo.remove(id));
  return {
    isAvailable,
    updatedAt: switched.at.toISOString(),
    cooldownMs: deps.presence.cooldownMs,
    cooldownRemainingMs: switched.coolingMs,
    idempotent: switched.outcome === 'same',
  };
}

/** Redis alone, one read and at most one write; the fleet's kinds are read when they are not known there. */
export async function beat(id: string, position: Position, { geo, postgres }: PresenceDeps) {
  const readKinds = () => postgres.run((db) => kindsInService(db, id));
  const kinds = await unlessAway(geo.place({ id, position, readKinds }));
  return {
    registered: kinds.length > 0,
    vehicleKey: kinds[0] ?? null,
    vehicleId: null,
    isOnTrip: false,
    nextHeartbeatMs,
  };
}

/** The switch stays as it is: who beats again is found again. */
export async function stopBeating(id: string, { geo, presence }: PresenceDeps) {
  await presence.forgetHeard(id);
  await unlessAway(geo.remove(id));
  return { message: 'You are not found until your next heartbeat.' };
}

async function unlessAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    if (!isRedisAway(cause)) throw cause;
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}

import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { Position } from '../../places/position.ts';
import { unlessAway } from '../../platform/redis/unless-away.ts';
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

/** The Captain app ignores this and sends a heartbeat every 5 s anyway. Other clients may follow it. */
const nextHeartbeatMs = 5000;

/**
 * Whether offers come. The switch must be on, and in the last 90 s there must have been a heartbeat or a request that
 * says "on" (again).
 */
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
 * Going offline works at once. Going online works from the next heartbeat on. A transporter who goes offline is removed
 * from the index twice: before the switch, so that nobody is found who is switched off, even if this stops half-way;
 * and after the switch, because a heartbeat may have come between. If the switch is refused, the next heartbeat puts
 * the transporter back.
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

/** Asks Redis alone: one read, and at most one write. PostgreSQL is asked only if Redis does not know the kinds. */
export async function beat(id: string, position: Position, { geo, postgres }: PresenceDeps) {
  const readKinds = () => postgres.run((db) => kindsInService(db, id));
  const kinds = await unlessAway(geo.noteHeartbeat({ id, position, readKinds }));
  return {
    registered: kinds.length > 0,
    vehicleKey: kinds[0] ?? null,
    vehicleId: null,
    isOnTrip: false,
    nextHeartbeatMs,
  };
}

/** The switch stays as it is, so the next heartbeat makes the transporter findable again. */
export async function stopBeating(id: string, { geo, presence }: PresenceDeps) {
  await presence.forgetHeard(id);
  await unlessAway(geo.remove(id));
  return { message: 'You are not found until your next heartbeat.' };
}

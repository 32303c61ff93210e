import { setTimeout as sleep } from 'node:timers/promises';
import { backOnlineAt, type Captain } from '../../world/fleets.ts';
import { secondsOfDay } from './considered.ts';

/** A captain's phone loses its network when the world has planned it. */
export function outageMs(captain: Captain, at: number): number {
  const now = planned(captain, at);
  return (backOnlineAt(captain, now) - now) * 1000;
}

/** Infinity, if the world has planned none of them. */
export function untilOutageMs(captain: Captain, at: number): number {
  const now = planned(captain, at);
  const { outages, online } = captain;
  const next = outages.find(({ from }) => from > now);
  if (next) return (next.from - now) * 1000;
  const [first] = outages;
  return first ? (online.until - now + first.from - online.from) * 1000 : Infinity;
}

/**
 * The second of the day for which the world has planned what happens now. It plans the hours in which a captain is online,
 * and here captains are online all day: so the plan begins anew when it has ended.
 */
function planned({ online: { from, until } }: Captain, at: number): number {
  const span = until - from;
  return from + ((((secondsOfDay(at) - from) % span) + span) % span);
}

/** Whoever would say something without a network says it when it is back. */
export async function networkOf(captain: Captain): Promise<void> {
  const away = outageMs(captain, Date.now());
  if (away > 0) await sleep(away);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { backOnlineAt, type Captain } from '../../world/fleets.ts';
import { secondsOfDay } from './considered.ts';

/** A captain's phone loses its network when the world has planned it, at the time of day that it is in India. */
export function outageMs(captain: Captain, at: number): number {
  const now = secondsOfDay(at);
  return (backOnlineAt(captain, now) - now) * 1000;
}

/** Infinity, if the world has planned no more of them for the day. */
export function untilOutageMs({ outages }: Captain, at: number): number {
  const now = secondsOfDay(at);
  const next = outages.find(({ from }) => from > now);
  return next ? (next.from - now) * 1000 : Infinity;
}

/** Whoever would say something without a network says it when it is back. */
export async function networkOf(captain: Captain): Promise<void> {
  const away = outageMs(captain, Date.now());
  if (away > 0) await sleep(away);
}

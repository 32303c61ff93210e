import { waves } from '../../src/orders/placing/search-waves.ts';
import { median } from '../benchmark.ts';
import type { Heard } from '../soak/heard.ts';

/** Between two waves. */
const pauseMs = (waves[1].atSeconds - waves[0].atSeconds) * 1000;

/**
 * Seconds from when a wave is due until a phone has its offer: the median of all that phones have heard for the first
 * time. What a phone without a network has heard later is too little to count.
 */
export function offerDelayOf(heard: readonly Heard[]): number {
  const known = new Set<string>();
  const delays = heard.flatMap(({ event, at, user, data }) => {
    const key = `${user} ${data?.orderId}`;
    if (event !== 'new_broadcast' || known.has(key)) return [];
    known.add(key);
    const sinceOrderMs = at - Date.parse(data?.createdAt ?? '');
    return [(sinceOrderMs % pauseMs) / 1000];
  });
  return median(delays);
}

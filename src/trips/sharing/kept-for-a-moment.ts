import type { OrderSnapshot } from '../../orders/order/order-snapshot.ts';
import type { Clock } from '../../platform/clock.ts';
import { Recent } from '../../platform/recent.ts';
import type { Tracked } from './watch-view.ts';

export type TrackOrder = (order: OrderSnapshot) => Promise<Tracked>;

/** In milliseconds. Phones send a position every few seconds, and the page asks every ten. */
const keptMs = 5000;
/** Orders that one environment keeps at once. Each is a few kilobytes, or a few dozen for the largest. */
const mostKept = 200;

interface Kept {
  readonly eventVersion: number;
  readonly untilMs: number;
  readonly tracked: Promise<Tracked>;
}

/**
 * Asks for the same order once in five seconds, however many watch it: a link can be sent to a whole town, and the
 * arrivals of many trucks take long to work out. P12: what was kept of one version of an order is not shown with
 * another one, so that nothing outlives the end of a trip. A failure is kept as well: what is away is not asked by
 * everybody.
 */
export function keptForAMoment(track: TrackOrder, clock: Clock): TrackOrder {
  const recent = new Recent<Kept>(mostKept);
  return (snapshot) => {
    const { id, eventVersion } = snapshot.order;
    const nowMs = clock.now().getTime();
    const kept = recent.get(id);
    if (kept && kept.eventVersion === eventVersion && nowMs < kept.untilMs) return kept.tracked;
    const tracked = track(snapshot);
    recent.set(id, { eventVersion, untilMs: nowMs + keptMs, tracked });
    return tracked;
  };
}

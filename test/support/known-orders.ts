import type { Heard } from './socket-client.ts';

interface Known {
  readonly eventVersion: number;
  /** `over`: a resume did not name it, so it has ended, nobody said how. */
  readonly status: string;
}

const live = new Set(['broadcasting', 'partially_filled', 'fully_filled', 'in_progress']);

/** What an app knows of its orders if it follows the rules of the protocol: P10. */
export class KnownOrders {
  readonly #known = new Map<string, Known>();
  applied = 0;
  /** Orders that went on after their end: there must be none. */
  readonly revived: string[] = [];

  get all(): ReadonlyMap<string, Known> {
    return this.#known;
  }

  get live(): readonly string[] {
    return [...this.#known].filter(([, { status }]) => live.has(status)).map(([id]) => id);
  }

  /** Of an answer, an event, or a part of what `resume` tells. */
  learn(news: Readonly<Record<string, unknown>> | undefined): void {
    const { orderId, status, eventVersion } = news ?? {};
    if (typeof orderId !== 'string' || typeof eventVersion !== 'number') return;
    const before = this.#known.get(orderId);
    if (before && (before.eventVersion > eventVersion || isRevival(before, eventVersion))) return;
    this.applied += 1;
    if (before && !live.has(before.status) && live.has(String(status))) this.revived.push(orderId);
    this.#known.set(orderId, { eventVersion, status: String(status) });
  }

  /** An order that was known as live when `resume` was said, and that it did not name, is over. */
  endUnnamed(expected: readonly string[], named: ReadonlySet<unknown>): void {
    for (const orderId of expected) {
      const known = this.#known.get(orderId);
      if (!known || named.has(orderId) || !live.has(known.status)) continue;
      this.#known.set(orderId, { ...known, status: 'over' });
    }
  }
}

/** The same version again, of an order that is over by now. */
function isRevival({ status, eventVersion }: Known, newer: number): boolean {
  return status === 'over' && eventVersion === newer;
}

/** The orders that are named in what was heard. */
export function ordersNamedIn(heard: readonly Heard[]): ReadonlySet<unknown> {
  return new Set(heard.map(({ data }) => data?.['orderId']));
}

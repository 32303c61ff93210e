import type { Heard } from './socket-client.ts';

interface Known {
  readonly eventVersion: number;
  /** The kinds of trucks that it can take. None: the order is over for this transporter. */
  readonly kinds: readonly string[];
  /** When the search ends: the card goes with its timer. */
  readonly expiresAt: number;
  /** A resume did not name it, so it is over, nobody said how. */
  readonly unnamed?: true;
}

/** After these, an order is not on offer any more. */
const endings = new Set([
  'broadcast_dismissed',
  'order_cancelled',
  'order_expired',
  'booking_fully_filled',
]);

interface Line {
  readonly vehicleType: string;
  readonly vehicleSubtype: string;
}

const kindOf = ({ vehicleType, vehicleSubtype }: Line) => `${vehicleType} ${vehicleSubtype}`;
export const kindsIn = (lines: readonly Line[]): readonly string[] => lines.map(kindOf).toSorted();

/**
 * What a Captain app shows as on offer, if it follows the rules of the protocol: P10. It keeps the newest version of
 * each fact, because events may overtake each other: whether an order is on offer, with which lines, and of which of
 * its kinds no truck is left. What the transporter holds itself stays on the card.
 */
export class KnownOffers {
  readonly #known = new Map<string, Known>();
  /** How many trucks of a kind are left, by order and kind. */
  readonly #left = new Map<string, { readonly eventVersion: number; readonly trucks: number }>();
  readonly #held = new Set<string>();
  readonly #declined = new Set<string>();
  /** What was heard of each order, in this sequence: for explaining a difference. */
  readonly #heard = new Map<string, string[]>();
  applied = 0;

  /** The live offers, each with its kinds. */
  get live(): Readonly<Record<string, readonly string[]>> {
    const now = Date.now();
    const live = [...this.#known].flatMap(([orderId, known]) => {
      const kinds = known.kinds.filter((kind) => this.#isOpen(orderId, kind, known));
      return kinds.length > 0 && known.expiresAt > now ? [[orderId, kinds] as const] : [];
    });
    return Object.fromEntries(live);
  }

  /** What was heard of an order, as `event version`. */
  heardOf(orderId: string): readonly string[] {
    return this.#heard.get(orderId) ?? [];
  }

  learn({ event, data }: Heard): void {
    const { orderId, eventVersion } = data ?? {};
    if (typeof orderId !== 'string' || typeof eventVersion !== 'number') return;
    const remaining = data?.['trucksRemaining'];
    const left = typeof remaining === 'number' ? ` (${remaining} left)` : '';
    this.#heard.set(orderId, [...this.heardOf(orderId), `${event} ${eventVersion}${left}`]);
    if (event === 'new_broadcast') {
      const kinds = kindsIn(data?.['requestedVehicles'] as readonly Line[]);
      const expiresAt = Date.parse(String(data?.['expiresAt']));
      this.#note(orderId, { eventVersion, kinds, expiresAt });
    } else if (endings.has(event)) {
      this.#note(orderId, { eventVersion, kinds: [], expiresAt: 0 });
    } else if (event === 'trucks_remaining_update') {
      const line = {
        vehicleType: String(data?.['vehicleType']),
        vehicleSubtype: String(data?.['vehicleSubtype']),
      };
      const of = `${orderId} ${kindOf(line)}`;
      const before = this.#left.get(of);
      if (before && before.eventVersion > eventVersion) return;
      this.#left.set(of, { eventVersion, trucks: Number(data?.['trucksRemaining']) });
    }
  }

  /** Of the answer to a request: the transporter holds trucks of this kind, or does not any more. */
  hold(orderId: string, line: Line, holds: boolean): void {
    const held = `${orderId} ${kindOf(line)}`;
    if (holds) this.#held.add(held);
    else this.#held.delete(held);
  }

  /** Whoever declines an order is not asked for it again. */
  decline(orderId: string): void {
    this.#declined.add(orderId);
    this.#known.delete(orderId);
  }

  /** An offer that was live when `resume` was said, and that it did not name, is over. */
  endUnnamed(expected: readonly string[], named: ReadonlySet<unknown>): void {
    for (const orderId of expected) {
      const known = this.#known.get(orderId);
      if (!known || named.has(orderId) || known.kinds.length === 0) continue;
      this.#known.set(orderId, { ...known, kinds: [], unnamed: true });
    }
  }

  #isOpen(orderId: string, kind: string, { eventVersion }: Known): boolean {
    const left = this.#left.get(`${orderId} ${kind}`);
    if (this.#held.has(`${orderId} ${kind}`)) return true;
    return !left || left.eventVersion < eventVersion || left.trucks > 0;
  }

  #note(orderId: string, news: Known): void {
    const before = this.#known.get(orderId);
    if (this.#declined.has(orderId)) return;
    if (before && before.eventVersion > news.eventVersion) return;
    // The same version again, of an order that is over by now.
    if (before?.unnamed && before.eventVersion === news.eventVersion) return;
    this.applied += 1;
    this.#known.set(orderId, news);
  }
}

/** The offers that are named in what was heard. */
export function offersNamedIn(heard: readonly Heard[]): ReadonlySet<unknown> {
  const offers = heard.filter(({ event }) => event === 'new_broadcast');
  return new Set(offers.map(({ data }) => data?.['orderId']));
}

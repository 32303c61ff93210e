import type { Position } from '../../src/places/position.ts';
import { meaningOf } from './number-meanings.ts';
import type { CityView, Counts, OfferSeen, OfferState, OrderSeen } from './view.ts';

/** What an offer tells a captain of its order. */
export interface OfferedOrder {
  readonly id: string;
  readonly customer: string;
  readonly pickup: Position & { readonly address: string };
  readonly drop: Position & { readonly address: string };
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly needed: number;
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };
type SeenOffer = Changing<OfferSeen>;
type SeenOrder = Changing<Omit<OrderSeen, 'offers' | 'trucks'>> & {
  readonly offers: Map<number, SeenOffer>;
  readonly trucks: Set<string>;
};

/** So many orders are remembered that are over, so long, and so many problems. */
const keptOrders = 30;
const keptMs = 180_000;
const keptProblems = 20;
/** As in the timeline of a search: seconds between waves. */
const waveSeconds = 15;

/** What the people of the city have seen, noted as they see it. */
export class Scene {
  readonly #orders = new Map<string, SeenOrder>();
  readonly #counts: Changing<Counts> = {
    orders: 0,
    offers: 0,
    declined: 0,
    holds: 0,
    assigned: 0,
    dropped: 0,
    delivered: 0,
    notFound: 0,
    cancelled: 0,
  };
  #problems: { readonly at: string; readonly what: string }[] = [];
  problemsInAll = 0;

  offered(told: OfferedOrder, captain: number, km: number): void {
    const order = this.#orders.get(told.id) ?? this.#newOrder(told);
    if (order.offers.has(captain)) return;
    const at = new Date();
    const age = (at.getTime() - Date.parse(told.createdAt)) / 1000;
    const wave = 1 + Math.max(0, Math.min(3, Math.floor(age / waveSeconds)));
    order.offers.set(captain, { captain, km, at: at.toISOString(), wave, state: 'offered' });
    this.#counts.offers += 1;
  }

  answered(orderId: string, captain: number, state: OfferState): void {
    const offer = this.#orders.get(orderId)?.offers.get(captain);
    if (!offer || offer.state === state) return;
    offer.state = state;
    if (state === 'declined') this.#counts.declined += 1;
    if (state === 'held') this.#counts.holds += 1;
  }

  assigned(orderId: string, trucks: readonly string[]): void {
    const order = this.#orders.get(orderId);
    this.#counts.assigned += trucks.length;
    if (!order) return;
    for (const truck of trucks) order.trucks.add(truck);
    order.assigned += trucks.length;
    order.state = 'on the road';
  }

  /** A driver gave up, declined, or said nothing. */
  dropped(orderId: string, truck: string): void {
    const order = this.#orders.get(orderId);
    this.#counts.dropped += 1;
    if (!order) return;
    order.trucks.delete(truck);
    order.assigned -= 1;
    if (order.assigned === 0 && Date.parse(order.expiresAt) > Date.now()) order.state = 'searching';
  }

  delivered(orderId: string, truck: string): void {
    const order = this.#orders.get(orderId);
    this.#counts.delivered += 1;
    if (!order) return;
    order.trucks.delete(truck);
    order.delivered += 1;
    if (order.delivered >= order.assigned) end(order, 'delivered');
  }

  /** Captains are told that an order is not to be had any more; who has trucks on it goes on. */
  closed(orderId: string, captain: number): void {
    const offer = this.#orders.get(orderId)?.offers.get(captain);
    if (offer?.state === 'offered') offer.state = 'closed';
  }

  notFound(orderId: string): void {
    const order = this.#orders.get(orderId);
    if (!order || order.endedAt !== undefined || order.assigned > 0) return;
    this.#counts.notFound += 1;
    end(order, 'not found');
  }

  cancelled(orderId: string): void {
    const order = this.#orders.get(orderId);
    if (!order || order.endedAt !== undefined) return;
    this.#counts.cancelled += 1;
    end(order, 'cancelled');
  }

  problem(what: unknown): void {
    this.problemsInAll += 1;
    const text = what instanceof Error ? what.message : String(what);
    this.#problems = [
      ...this.#problems.slice(1 - keptProblems),
      { at: new Date().toISOString(), what: text },
    ];
  }

  view(): Pick<CityView, 'orders' | 'counts' | 'problems'> {
    this.#forget();
    const orders = [...this.#orders.values()].map(({ offers, trucks, ...order }) => ({
      ...order,
      offers: [...offers.values()],
      trucks: [...trucks],
    }));
    return { orders, counts: { ...this.#counts }, problems: this.#problems };
  }

  #newOrder({ id, ...told }: OfferedOrder): SeenOrder {
    const order: SeenOrder = {
      id,
      ...told,
      meaning: meaningOf(told.customer),
      assigned: 0,
      delivered: 0,
      state: 'searching',
      endedAt: undefined,
      offers: new Map(),
      trucks: new Set(),
    };
    this.#orders.set(id, order);
    this.#counts.orders += 1;
    return order;
  }

  #forget(): void {
    const now = Date.now();
    for (const order of this.#orders.values()) {
      // The search has ended, and nobody was told more of it.
      if (order.state === 'searching' && now > Date.parse(order.expiresAt) + 2000) {
        this.notFound(order.id);
      }
    }
    const over = [...this.#orders.values()].filter(({ endedAt }) => endedAt !== undefined);
    for (const [index, { id, endedAt = '' }] of over.toReversed().entries()) {
      if (index >= keptOrders || now - Date.parse(endedAt) > keptMs) this.#orders.delete(id);
    }
  }
}

function end(order: SeenOrder, state: OrderSeen['state']): void {
  order.state = state;
  order.endedAt = new Date().toISOString();
}

import type { Candidate } from '../../src/dispatch/choose-transporters.ts';
import { limitedUntil } from '../../src/orders/holds/limited.ts';
import { afterCancelling, afterDeadline } from '../../src/orders/order/order.ts';
import { greatCircleKm } from '../../src/places/position.ts';
import { isFound } from '../world/fleets.ts';
import type { PlannedOrder } from '../world/orders.ts';
import type { Answering } from './answering.ts';
import {
  freeOf,
  liveOrder,
  placeOf,
  searchingOf,
  type LiveCaptain,
  type LiveOrder,
} from './live.ts';
import type { Market } from './market.ts';
import type { Near, Policy } from './policy.ts';

const lot = 3;

/** Customers place orders, a policy says who is asked, and deadlines are met. */
export class Dispatching {
  readonly #market: Market;
  readonly #answering: Answering;
  readonly #policy: Policy;

  constructor(market: Market, answering: Answering, policy: Policy) {
    this.#market = market;
    this.#answering = answering;
    this.#policy = policy;
  }

  place(plan: PlannedOrder): void {
    const { agenda, orders } = this.#market;
    const { rounds, searchSeconds } = this.#policy;
    const order = liveOrder(plan);
    orders.push(order);
    // The deadline is noted first: a wave of the same moment finds the search closed.
    agenda.after(searchSeconds, () => this.#end(order));
    agenda.after(plan.patienceSeconds, () => this.#cancel(order));
    for (const [index, { atSeconds, radiusKm }] of rounds.entries()) {
      agenda.after(atSeconds, () => this.#widen(order, index + 1, radiusKm));
    }
  }

  /** If one is asked at a time, whoever has answered makes room for the next. */
  askNext(order: LiveOrder): void {
    const [round] = this.#policy.rounds;
    if (!this.#policy.asksOneByOne || !round) return;
    // Not in the midst of the change that has closed the offer.
    this.#market.agenda.after(0, () => this.#widen(order, order.wave + 1, round.radiusKm));
  }

  #end(order: LiveOrder): void {
    if (order.search_closed_at) return;
    this.#market.change(order, {
      becomes: ({ status }) => afterDeadline(status),
      closesSearch: true,
    });
  }

  /** A customer who waits for nothing gives up. */
  #cancel(order: LiveOrder): void {
    if (order.search_closed_at || order.trucks.some(({ status }) => status !== 'searching')) return;
    this.#market.change(order, {
      becomes: ({ status }) => afterCancelling(status),
      closesSearch: true,
      cancels: true,
    });
  }

  #widen(order: LiveOrder, wave: number, radiusKm: number): void {
    if (order.search_closed_at) return;
    const open = order.kinds.map((kind) => [kind, searchingOf(order, kind)] as const);
    const searching = Object.fromEntries(open.filter(([, trucks]) => trucks > 0));
    if (Object.keys(searching).length === 0) return;
    const near = this.#near(order, Object.keys(searching), radiusKm);
    const choices = this.#policy.choose({
      order,
      near,
      needs: { searching, radiusKm },
      lot: ({ captain }) =>
        this.#market.world.behaviour.share(lot, captain.plan.index, order.plan.index),
    });
    const byId = new Map(near.map(({ captain }) => [captain.plan.id, captain]));
    const asked = choices.filter(({ verdict }) => verdict === 'asked');
    this.#market.change(order, {
      becomes: ({ status }) => status,
      search: {
        wave,
        onlineCandidates: Math.max(order.online_candidates, order.asked.size + near.length),
        notifiedTransporters: order.asked.size + asked.length,
      },
    });
    for (const { id, kinds } of asked) this.#ask(byId.get(id), order, kinds);
  }

  #ask(captain: LiveCaptain | undefined, order: LiveOrder, kinds: readonly string[]): void {
    if (!captain) throw new Error('A policy has chosen somebody who is not near');
    const offer = this.#answering.offer(captain, order, kinds);
    const { offerSeconds } = this.#policy;
    if (offerSeconds === undefined) return;
    this.#market.agenda.after(offerSeconds, () => {
      // Whoever holds trucks keeps the offer.
      if (offer.answer === undefined) this.#market.close(offer);
    });
  }

  #near(order: LiveOrder, kinds: readonly string[], radiusKm: number): readonly Near[] {
    const { captains, agenda, date } = this.#market;
    return captains
      .filter((captain) => !order.asked.has(captain) && isFound(captain.plan, agenda.now))
      .filter(({ vehicles }) => vehicles.some(({ plan }) => kinds.includes(plan.kind)))
      .map((captain) => {
        const km = greatCircleKm(placeOf(captain), order.plan.pickup);
        return {
          captain,
          km,
          candidate: () => candidateOf(captain, { kinds, distanceKm: km, now: agenda.now, date }),
        };
      })
      .filter(({ km }) => km <= radiusKm)
      .toSorted(
        (one, other) => one.km - other.km || one.captain.plan.index - other.captain.plan.index,
      );
  }
}

interface Seen {
  readonly kinds: readonly string[];
  readonly distanceKm: number;
  readonly now: number;
  readonly date: Date;
}

/** What production's statement tells of a transporter. */
function candidateOf(captain: LiveCaptain, { kinds, distanceKm, now, date }: Seen): Candidate {
  const since = (at: number | undefined) => (at === undefined ? null : (now - at) * 1000);
  const openOffers: Record<string, number> = {};
  for (const { kinds: told } of captain.open) {
    for (const kind of told) openOffers[kind] = (openOffers[kind] ?? 0) + 1;
  }
  const freeTrucks: Record<string, number> = {};
  for (const kind of kinds) freeTrucks[kind] = freeOf(captain, kind);
  return {
    id: captain.plan.id,
    distanceKm,
    freeTrucks,
    openOffers,
    isLimited: limitedUntil(captain.lapsedAt, date) !== undefined,
    wasAsked: false,
    sinceOfferedMs: since(captain.offers.at(-1)?.at),
    sinceWonMs: since(captain.wonAt),
    lately: latelyOf(captain),
  };
}

/** Production looks at the last fifty offers. */
const lookedBack = 50;

function latelyOf({ offers }: LiveCaptain): Candidate['lately'] {
  const lately = { offered: Math.min(lookedBack, offers.length), accepted: 0, declined: 0 };
  for (let index = offers.length - lately.offered; index < offers.length; index += 1) {
    const answer = offers[index]?.answer;
    if (answer) lately[answer] += 1;
  }
  return lately;
}

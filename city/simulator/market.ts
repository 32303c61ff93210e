import { holdAfterNoSeconds, holdSeconds, afterGivingBack } from '../../src/orders/order/order.ts';
import { changeOf, type WhatHappens } from '../../src/orders/order/changed.ts';
import { canServe } from '../../src/orders/offers/offer-lines.ts';
import { parameters } from '../world/parameters.ts';
import type { World } from '../world/world.ts';
import { Agenda } from './agenda.ts';
import {
  freeOf,
  liveCaptain,
  searchingOf,
  type Hold,
  type LiveCaptain,
  type LiveOrder,
  type LiveTruck,
  type Offer,
} from './live.ts';
import type { Ways } from './ways.ts';

const dayStartsMs = Date.parse(parameters.day.startsAt);

/** What a day comes to, beside what orders and captains remember. */
interface Counts {
  offers: number;
  declined: number;
  holds: number;
  lapsed: number;
  accepted: number;
  gaveUp: number;
  filled: number;
  pickupKm: number;
}

/** All that is live, and the ways in which it changes: each change of an order goes through production's own rule. */
export class Market {
  readonly world: World;
  readonly ways: Ways;
  readonly agenda = new Agenda();
  readonly captains: readonly LiveCaptain[];
  readonly orders: LiveOrder[] = [];
  readonly counts: Counts = {
    offers: 0,
    declined: 0,
    holds: 0,
    lapsed: 0,
    accepted: 0,
    gaveUp: 0,
    filled: 0,
    pickupKm: 0,
  };
  /** Called when an offer has a line again whose captain waits for it, and when an offer is closed. */
  readonly #heard: { again: (offer: Offer) => void; closed: (offer: Offer) => void };
  #holds = 0;

  constructor(
    world: World,
    ways: Ways,
    heard: { again: (offer: Offer) => void; closed: (offer: Offer) => void },
  ) {
    this.world = world;
    this.ways = ways;
    this.#heard = heard;
    this.captains = world.captains.map((plan) => liveCaptain(plan, world.vehicles, this.agenda));
  }

  /** The virtual clock as production's rules read it. */
  get date(): Date {
    return new Date(dayStartsMs + Math.round(this.agenda.now * 1000));
  }

  /** Something happens to an order. If that closes its search, its offers close. */
  change(order: LiveOrder, happens: WhatHappens): void {
    const before = order.kinds.map((kind) => searchingOf(order, kind) > 0);
    const after = changeOf({ ...order, offers: [] }, happens, this.date);
    for (const { id, status, holdId } of after.trucks) {
      const truck = order.trucks.find((each) => each.id === id);
      if (truck) Object.assign(truck, { status, holdId });
    }
    order.status = after.status;
    order.event_version = after.eventVersion;
    order.wave = after.wave;
    const seconds = this.agenda.now - order.plan.atSeconds;
    if (after.claimed > 0) order.firstHeldAfter ??= seconds;
    if (after.closesSearch) {
      order.search_closed_at = this.date;
      if (after.filled === after.needed) order.filledAfter = seconds;
      for (const offer of order.asked.values()) this.close(offer);
    } else if (order.kinds.some((kind, i) => searchingOf(order, kind) > 0 !== before[i])) {
      for (const offer of order.asked.values()) this.refresh(offer);
    }
  }

  close(offer: Offer): void {
    if (!offer.isOpen) return;
    offer.isOpen = false;
    offer.captain.open.delete(offer);
    this.#heard.closed(offer);
  }

  /** An offer has a line for each kind that its captain can serve, or holds. */
  refresh(offer: Offer): void {
    if (!offer.isOpen) return;
    const { captain, order } = offer;
    const hadNone = offer.kinds.length === 0;
    offer.kinds = order.kinds.filter(
      (kind) =>
        canServe({ searching: searchingOf(order, kind), free: freeOf(captain, kind) }) ||
        order.holds.some((hold) => hold.captain === captain && hold.vehicleKey === kind),
    );
    if (hadNone && offer.kinds.length > 0 && offer.isWaiting) this.#heard.again(offer);
  }

  /** How many trucks of a fleet are free has changed. */
  refreshAll(captain: LiveCaptain): void {
    for (const offer of captain.open) this.refresh(offer);
  }

  hold(
    order: LiveOrder,
    {
      captain,
      trucks,
      afterNo,
    }: Pick<Hold, 'captain' | 'afterNo'> & { trucks: readonly LiveTruck[] },
  ): Hold {
    const vehicleKey = trucks[0]?.vehicleKey ?? '';
    const seconds = afterNo ? holdAfterNoSeconds : holdSeconds;
    this.#holds += 1;
    const hold: Hold = {
      id: `hold-${this.#holds}`,
      captain,
      transporterId: captain.plan.id,
      vehicleKey,
      quantity: trucks.length,
      afterNo,
      expiresAtMs: this.date.getTime() + seconds * 1000,
    };
    const taken = new Set(trucks.map(({ id }) => id));
    order.holds = [...order.holds, hold];
    captain.held.set(vehicleKey, (captain.held.get(vehicleKey) ?? 0) + hold.quantity);
    this.change(order, {
      becomes: ({ id, status }) => (taken.has(id) ? 'held' : status),
      holdId: hold.id,
    });
    this.refreshAll(captain);
    this.counts.holds += afterNo ? 0 : 1;
    this.agenda.after(seconds, () => this.giveBack(order, hold, 'lapsed'));
    return hold;
  }

  /** A hold ends without trucks, unless it has ended before. */
  giveBack(order: LiveOrder, hold: Hold, how: 'released' | 'lapsed'): void {
    if (!order.holds.includes(hold)) return;
    this.endHold(order, hold);
    if (how === 'lapsed') {
      hold.captain.lapsedAt = [this.date, ...hold.captain.lapsedAt].slice(0, 2);
      this.counts.lapsed += 1;
    }
    for (const truck of order.trucks) {
      // A truck that a driver has left was lost then, and not when nobody else was found for it.
      if (truck.holdId === hold.id && !hold.afterNo) {
        truck.lostBy = how === 'lapsed' ? 'lapsed' : 'given back';
      }
    }
    const becomes = afterGivingBack(order.search_closed_at === null);
    this.change(order, {
      becomes: ({ holdId, status }) => (holdId === hold.id && status === 'held' ? becomes : status),
    });
    this.refreshAll(hold.captain);
  }

  /** The hold is over; what becomes of its trucks is said by who ends it. */
  endHold(order: LiveOrder, hold: Hold): void {
    order.holds = order.holds.filter((each) => each !== hold);
    const { held } = hold.captain;
    held.set(hold.vehicleKey, (held.get(hold.vehicleKey) ?? 0) - hold.quantity);
  }
}

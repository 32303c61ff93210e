import { AppError } from '../../src/contract/errors.ts';
import { openTrucksOf, refuseUnlessFree } from '../../src/orders/holds/may-hold.ts';
import { greatCircleKm } from '../../src/places/position.ts';
import { chanceOf, kmHomeward, temperOf, type Considered } from '../world/captain.ts';
import { backOnlineAt } from '../world/fleets.ts';
import type { Crews } from './crews.ts';
import { freeOf, type LiveCaptain, type LiveOrder, type LiveVehicle, type Offer } from './live.ts';
import type { Market } from './market.ts';

/** Captains see offers, and answer them. */
export class Answering {
  readonly #market: Market;
  readonly #crews: Crews;

  constructor(market: Market, crews: Crews) {
    this.#market = market;
    this.#crews = crews;
  }

  offer(captain: LiveCaptain, order: LiveOrder, kinds: readonly string[]): Offer {
    const { agenda, counts, world, ways } = this.#market;
    const temper = temperOf(captain.plan, order.plan, world.behaviour);
    const offer: Offer = {
      captain,
      order,
      at: agenda.now,
      temper,
      isOpen: true,
      kinds,
      answer: undefined,
      isWaiting: false,
    };
    captain.open.add(offer);
    captain.offers.push(offer);
    order.asked.set(captain, offer);
    counts.offers += 1;
    if (!temper.overlooks) {
      const heardAt = backOnlineAt(captain.plan, agenda.now + ways.offerSeconds);
      const looksAt = heardAt + temper.looksAfter;
      agenda.at(looksAt, () => this.#look(offer));
    }
    return offer;
  }

  /** Trucks that it wanted are open again. */
  lookAgain(offer: Offer): void {
    offer.isWaiting = false;
    this.#market.agenda.after(offer.temper.looksAfter, () => this.#look(offer));
  }

  #look(offer: Offer): void {
    if (!offer.isOpen) return;
    this.#market.agenda.after(offer.temper.decidesAfter, () => this.#decide(offer));
  }

  #decide(offer: Offer): void {
    const { agenda, world } = this.#market;
    const { captain, order, temper } = offer;
    if (!offer.isOpen) return;
    const back = backOnlineAt(captain.plan, agenda.now);
    if (back > agenda.now) {
      agenda.at(back, () => this.#decide(offer));
      return;
    }
    const seen = consideredOf(offer, agenda.now);
    // The order is gone from its screen, until somebody gives a truck back.
    if (!seen) offer.isWaiting = true;
    else if (
      chanceOf({ captain: captain.plan, order: order.plan, willingness: world.willingness }, seen) >
      temper.reluctance
    )
      this.#take(offer);
    else if (temper.saysNo) this.#decline(offer);
  }

  #decline(offer: Offer): void {
    offer.answer = 'declined';
    this.#market.counts.declined += 1;
    this.#market.close(offer);
  }

  /** Holds of each kind as many trucks as it can serve. */
  #take(offer: Offer): void {
    const { captain, order } = offer;
    let holds = 0;
    for (const kind of order.kinds) {
      const most = Math.min(openTrucksOf(order, kind).length, freeOf(captain, kind));
      // Who may hold one truck at a time learns it, and holds one.
      if (most > 0 && (this.#hold(offer, kind, most) || this.#hold(offer, kind, 1))) holds += 1;
    }
    offer.isWaiting = holds === 0;
  }

  #hold(offer: Offer, kind: string, quantity: number): boolean {
    const { captain, order, temper } = offer;
    const holding = [...captain.held.values()].reduce((sum, trucks) => sum + trucks, 0);
    try {
      refuseUnlessFree(
        { ...order, read_at: this.#market.date },
        { transporterId: captain.plan.id, kind: { key: kind }, quantity },
        {
          offer: offer.isOpen ? 'live' : 'closed',
          free: freeOf(captain, kind),
          holding,
          lapsedAt: captain.lapsedAt,
        },
      );
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
    offer.answer = 'accepted';
    const trucks = openTrucksOf(order, kind).slice(0, quantity);
    const hold = this.#market.hold(order, { captain, trucks, afterNo: false });
    this.#crews.choose(order, hold, temper);
    return true;
  }
}

/** What a captain sees of an offer. Nothing, if it has no line any more. */
function consideredOf({ captain, order, kinds }: Offer, now: number): Considered | undefined {
  const nearest = nearestFree(captain, order, kinds);
  if (!nearest) return undefined;
  const others = [...captain.open].filter((each) => each.order !== order && each.kinds.length > 0);
  return {
    km: greatCircleKm(nearest.at, order.plan.pickup),
    kmHomeward: kmHomeward(captain.plan, nearest.at, order.plan.drop),
    idleHours: Math.max(0, now - captain.idleSince) / 3600,
    offersInHand: others.length,
  };
}

function nearestFree(
  { vehicles }: LiveCaptain,
  { plan: { pickup } }: LiveOrder,
  kinds: readonly string[],
): LiveVehicle | undefined {
  return vehicles
    .filter(({ plan, on }) => !on && kinds.includes(plan.kind))
    .map((vehicle) => ({ vehicle, km: greatCircleKm(vehicle.at, pickup) }))
    .toSorted((one, other) => one.km - other.km)[0]?.vehicle;
}

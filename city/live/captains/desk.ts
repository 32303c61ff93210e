import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kindOf } from '../../../src/catalogue/vehicle-kind.ts';
import { chanceOf, reasonOf, temperOf, type Considered, type Temper } from '../../world/captain.ts';
import type { PlannedOrder } from '../../world/orders.ts';
import { Refusal } from '../api/api.ts';
import { meaningOf, temperFor } from '../number-meanings.ts';
import { considered, plannedFrom } from './considered.ts';
import type { Crew } from './crew.ts';
import type { CaptainProps } from './captain-props.ts';
import { Held, type Offer, type OfferLine } from './offer.ts';
import { networkOf } from './network.ts';
import { isOrdinary } from './trip.ts';
import { nearestFirst, type Truck } from './truck.ts';

/** Words that the backend counts by itself. */
const reasons: Readonly<Record<string, string>> = {
  too_far: 'DISTANCE_TOO_FAR',
  busy: 'NOT_AVAILABLE',
};

interface OnDesk {
  offer: Offer;
  /** Whether it is on the screen: it is gone while others hold all trucks, or the captain has none that is free. */
  isShown: boolean;
  /** Waiting: the captain wants trucks, and there were none when it wanted them. */
  state: 'thinking' | 'waiting' | 'done';
  readonly temper: Temper;
  readonly planned: PlannedOrder;
}

/** The offers that lie before a captain, and what it does about each. */
export class Desk {
  readonly #props: CaptainProps;
  readonly #crew: Crew;
  readonly #offers = new Map<string, OnDesk>();
  /** The orders that were told of since the line was lost. */
  readonly #told = new Set<string>();

  constructor(props: CaptainProps, crew: Crew) {
    this.#props = props;
    this.#crew = crew;
  }

  offered(offer: Offer): void {
    const { scene, captain, behaviour } = this.#props;
    this.#told.add(offer.orderId);
    const known = this.#offers.get(offer.orderId);
    if (known) {
      if (offer.eventVersion > known.offer.eventVersion) this.#offeredAgain(known, offer);
      return;
    }
    const planned = plannedFrom(offer, Date.now());
    const temper = temperFor(
      meaningOf(offer.customerPhone),
      temperOf(captain, planned, behaviour),
      offer.pickupDistanceKm,
    );
    const onDesk: OnDesk = { offer, isShown: true, state: 'thinking', temper, planned };
    this.#offers.set(offer.orderId, onDesk);
    scene.offered(sceneOf(offer), captain.index, offer.pickupDistanceKm);
    void this.#noting(() => this.#consider(onDesk));
  }

  /** Somebody was faster, and has given trucks back; or fewer are open than before. */
  #offeredAgain(known: OnDesk, offer: Offer): void {
    const isBack = !known.isShown;
    known.offer = offer;
    known.isShown = true;
    if (known.state !== 'waiting') return;
    known.state = 'thinking';
    void this.#noting(() => (isBack ? this.#consider(known) : this.#decide(known)));
  }

  /** Not to be had for now. */
  dismissed(orderId: string): void {
    const known = this.#offers.get(orderId);
    if (known) known.isShown = false;
    this.#props.scene.closed(orderId, this.#props.captain.index);
  }

  /** Not to be had any more. */
  gone(orderId: string): void {
    this.#offers.delete(orderId);
    this.#told.delete(orderId);
    this.#props.scene.closed(orderId, this.#props.captain.index);
  }

  lineLost(): void {
    this.#told.clear();
  }

  /** Whoever is back has been told of all that is live. What else is on the screen ended meanwhile, or others hold it. */
  resumed(): void {
    for (const orderId of this.#offers.keys()) {
      if (!this.#told.has(orderId)) this.dismissed(orderId);
    }
  }

  async #consider(onDesk: OnDesk): Promise<void> {
    const { temper } = onDesk;
    if (temper.overlooks) return;
    await sleep((temper.looksAfter + temper.decidesAfter) * 1000);
    await networkOf(this.#props.captain);
    await this.#decide(onDesk);
  }

  async #decide(onDesk: OnDesk): Promise<void> {
    const { temper, planned, offer } = onDesk;
    if (!this.#offers.has(offer.orderId)) return;
    const seen = onDesk.isShown ? this.#weigh(offer) : undefined;
    const situation = { captain: this.#props.captain, order: planned, willingness: 0 };
    if (!seen) onDesk.state = 'waiting';
    else if (chanceOf(situation, seen) > temper.reluctance) await this.#take(onDesk);
    else {
      onDesk.state = 'done';
      if (temper.saysNo) await this.#decline(offer.orderId, reasonOf(situation, seen));
    }
  }

  #weigh(offer: Offer): Considered | undefined {
    this.#forgetExpired();
    const { captain } = this.#props;
    const trucks = offer.requestedVehicles
      .flatMap((line) => this.#freeFor(line))
      .map((truck) => ({ ...truck.place(), idleSince: truck.idleSince }));
    const shown = [...this.#offers.values()].filter(({ isShown }) => isShown);
    return considered(captain, offer, trucks, shown.length - 1, Date.now());
  }

  /** Whoever was without a network when an offer ended was not told of it. */
  #forgetExpired(): void {
    for (const [orderId, { offer }] of this.#offers) {
      if (Date.parse(offer.expiresAt) < Date.now()) this.gone(orderId);
    }
  }

  #freeFor({ vehicleType, vehicleSubtype }: OfferLine): readonly Truck[] {
    const kind = kindOf(vehicleType, vehicleSubtype);
    return this.#props.trucks.filter((truck) => truck.isFree && truck.kind === kind);
  }

  async #decline(orderId: string, reason: string): Promise<void> {
    const { account, scene, captain } = this.#props;
    const body = { reason: reasons[reason] ?? reason };
    await account.tell({ method: 'POST', path: `/api/v1/broadcasts/${orderId}/decline`, body });
    scene.answered(orderId, captain.index, 'declined');
    this.#offers.delete(orderId);
  }

  /** A hold for each kind, of as many trucks as there are on both sides. */
  async #take(onDesk: OnDesk): Promise<void> {
    let holds = 0;
    for (const line of onDesk.offer.requestedVehicles) {
      if (await this.#takeOf(onDesk, line)) holds += 1;
    }
    onDesk.state = holds > 0 ? 'done' : 'waiting';
  }

  /** Who may hold one truck at a time learns it, and holds one. */
  async #takeOf(onDesk: OnDesk, line: OfferLine): Promise<boolean> {
    const nearest = nearestFirst(this.#freeFor(line), onDesk.offer.pickupLocation);
    const trucks = nearest.slice(0, line.searchingCount);
    const refused = await this.#hold(onDesk, line, trucks);
    if (refused !== 'HOLDS_LIMITED' || trucks.length === 1) return refused === undefined;
    return (await this.#hold(onDesk, line, trucks.slice(0, 1))) === undefined;
  }

  /** Answers why not, if it was refused. */
  async #hold(
    { offer, temper, planned }: OnDesk,
    { vehicleType, vehicleSubtype }: OfferLine,
    trucks: readonly Truck[],
  ): Promise<string | undefined> {
    if (trucks.length === 0) return 'nothing is free';
    const { account, scene, captain } = this.#props;
    const { orderId } = offer;
    for (const truck of trucks) truck.take(orderId);
    try {
      const body = { orderId, vehicleType, vehicleSubtype, quantity: trucks.length };
      const path = '/api/v1/truck-hold/hold';
      const held = await account.ask({ method: 'POST', path, body, key: randomUUID() }, Held);
      scene.answered(orderId, captain.index, 'held');
      this.#crew.man({ ...held, offer, temper, planned, trucks, refused: [] });
      return undefined;
    } catch (error) {
      for (const truck of trucks) truck.letGo();
      if (error instanceof Refusal && isOrdinary(error)) return error.code;
      throw error;
    }
  }

  async #noting(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!isOrdinary(error)) this.#props.scene.problem(error);
    });
  }
}

const sceneOf = (offer: Offer) => ({
  id: offer.orderId,
  customer: offer.customerPhone,
  pickup: offer.pickupLocation,
  drop: offer.dropLocation,
  createdAt: offer.createdAt,
  expiresAt: offer.expiresAt,
  needed: offer.trucksNeeded,
});

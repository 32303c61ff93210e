import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kindOf } from '../../../src/catalogue/vehicle-kind.ts';
import { chanceOf, reasonOf, temperOf, type Considered, type Temper } from '../../world/captain.ts';
import type { PlannedOrder } from '../../world/orders.ts';
import { meaningOf, temperFor } from '../meanings.ts';
import { considered, plannedFrom } from './considered.ts';
import type { Crew } from './crew.ts';
import type { CaptainProps } from './captain-props.ts';
import { Held, type Offer, type OfferLine } from './offer.ts';
import { isOrdinary } from './trip.ts';
import type { Truck } from './truck.ts';

/** Words that the backend counts by itself. */
const reasons: Readonly<Record<string, string>> = {
  too_far: 'DISTANCE_TOO_FAR',
  busy: 'NOT_AVAILABLE',
};

interface OnDesk {
  offer: Offer;
  /** What the captain has made up its mind to. */
  decision: 'not looked' | 'wants' | 'does not want';
  readonly temper: Temper;
  readonly planned: PlannedOrder;
}

/** The offers that lie before a captain, and what it does about each. */
export class Desk {
  readonly #props: CaptainProps;
  readonly #crew: Crew;
  readonly #offers = new Map<string, OnDesk>();

  constructor(props: CaptainProps, crew: Crew) {
    this.#props = props;
    this.#crew = crew;
  }

  offered(offer: Offer): void {
    const { scene, captain, behaviour } = this.#props;
    const known = this.#offers.get(offer.orderId);
    if (known) {
      if (offer.eventVersion <= known.offer.eventVersion) return;
      known.offer = offer;
      // Somebody was faster, and has given trucks back.
      if (known.decision === 'wants') void this.#noting(() => this.#take(known));
      return;
    }
    const planned = plannedFrom(offer, Date.now());
    const temper = temperFor(
      meaningOf(offer.customerPhone),
      temperOf(captain, planned, behaviour),
      offer.pickupDistanceKm,
    );
    const onDesk: OnDesk = { offer, decision: 'not looked', temper, planned };
    this.#offers.set(offer.orderId, onDesk);
    scene.offered(sceneOf(offer), captain.index, offer.pickupDistanceKm);
    void this.#noting(() => this.#consider(onDesk));
  }

  /** Not to be had any more. */
  gone(orderId: string): void {
    this.#offers.delete(orderId);
    this.#props.scene.closed(orderId, this.#props.captain.index);
  }

  async #consider(onDesk: OnDesk): Promise<void> {
    const { temper, planned } = onDesk;
    if (temper.overlooks) return;
    await sleep((temper.looksAfter + temper.decidesAfter) * 1000);
    const { orderId } = onDesk.offer;
    if (!this.#offers.has(orderId)) return;
    const seen = this.#weigh(onDesk.offer);
    if (!seen) return;
    const situation = { captain: this.#props.captain, order: planned, willingness: 0 };
    if (chanceOf(situation, seen) <= temper.reluctance) {
      onDesk.decision = 'does not want';
      if (temper.saysNo) await this.#decline(orderId, reasonOf(situation, seen));
      return;
    }
    onDesk.decision = 'wants';
    await this.#take(onDesk);
  }

  #weigh(offer: Offer): Considered | undefined {
    this.#forgetExpired();
    const { captain } = this.#props;
    const trucks = offer.requestedVehicles
      .flatMap((line) => this.#freeFor(line))
      .map((truck) => ({ ...truck.place(), idleSince: truck.idleSince }));
    const others = this.#offers.size - 1;
    return considered(captain, offer, trucks, others, Date.now());
  }

  /** Whoever was without a network when an offer ended was not told of it. */
  #forgetExpired(): void {
    for (const [orderId, { offer }] of this.#offers) {
      if (Date.parse(offer.expiresAt) < Date.now()) this.#offers.delete(orderId);
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
  async #take({ offer, temper, planned }: OnDesk): Promise<void> {
    for (const line of offer.requestedVehicles) {
      const trucks = this.#freeFor(line).slice(0, line.searchingCount);
      if (trucks.length === 0) continue;
      for (const truck of trucks) truck.take(offer.orderId);
      try {
        const hold = await this.#hold(offer, line, trucks.length);
        await this.#crew.man({ ...hold, offer, temper, planned, trucks });
      } catch (error) {
        for (const truck of trucks) if (truck.tripId === undefined) truck.letGo();
        if (!isOrdinary(error)) throw error;
      }
    }
  }

  async #hold({ orderId }: Offer, { vehicleType, vehicleSubtype }: OfferLine, quantity: number) {
    const { account, scene, captain } = this.#props;
    const body = { orderId, vehicleType, vehicleSubtype, quantity };
    const path = '/api/v1/truck-hold/hold';
    const asked = { method: 'POST', path, body, key: randomUUID() } as const;
    const held = await account.ask(asked, Held);
    scene.answered(orderId, captain.index, 'held');
    return held;
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

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { greatCircleKm } from '../../../src/places/position.ts';
import { chanceOfGivingUp, driverTemperOf, type Temper } from '../../world/captain.ts';
import type { PlannedOrder } from '../../world/orders.ts';
import { driverPlanFor, meaningOf, type Meaning } from '../number-meanings.ts';
import type { CaptainProps } from './captain-props.ts';
import { Assignment, Confirmed, type Offer, type OrderNews } from './offer.ts';
import { networkOf } from './network.ts';
import { isOrdinary, Trip } from './trip.ts';
import { nearestFirst, type Truck } from './truck.ts';

interface ToMan {
  readonly holdId: string;
  /** When the hold lapses: ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly offer: Offer;
  readonly temper: Temper;
  readonly planned: PlannedOrder;
  readonly trucks: readonly Truck[];
  /** Trucks whose drivers have said no. */
  readonly refused: readonly Truck[];
}

interface OnTrip {
  readonly trip: Trip;
  readonly truck: Truck;
  /** Undefined for a trip of an earlier start. */
  readonly manned: ToMan | undefined;
}

const ActiveTrip = z.object({ trip: z.object({ id: z.string() }).nullish() });
const LastSeen = z.object({ latitude: z.number(), longitude: z.number() });

/** Until a captain has been told that a driver will not come: 45 seconds of silence are one. */
const toldMs = 75_000;
/** After what went wrong on a trip, until its driver looks how it stands. */
const againMs = 15_000;

/** A captain's trucks at work: who is put on which truck, and what becomes of it. */
export class Crew {
  readonly #props: CaptainProps;
  readonly #trips = new Map<string, OnTrip>();

  constructor(props: CaptainProps) {
    this.#props = props;
  }

  /** Puts vehicles and drivers on trucks that are held; or gives them back, or forgets it, until the hold lapses. */
  man(held: ToMan): void {
    void this.#noting(() => orLetGo(held.trucks, () => this.#choose(held)));
  }

  /** Answers whether the trucks are manned. */
  async #choose(held: ToMan): Promise<boolean> {
    const { temper, holdId, expiresAt, offer } = held;
    const { scene, captain } = this.#props;
    if (temper.holding === 'forgets') {
      await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()));
      return false;
    }
    await sleep(temper.confirmsAfter * 1000);
    await networkOf(captain);
    if (temper.holding === 'confirms') return this.#confirm(held);
    await this.#release(holdId);
    scene.answered(offer.orderId, captain.index, 'given back');
    return false;
  }

  /** Trips that an earlier start has left on the road. */
  goOn(): void {
    for (const truck of this.#props.trucks) void this.#noting(() => this.#goOnWith(truck));
  }

  /** A driver will not come. The truck is the captain's for another minute. */
  lost({ orderId, tripId, holdId }: z.output<typeof OrderNews>): void {
    const { trip, truck, manned } = this.#trips.get(tripId ?? '') ?? {};
    if (!truck || !trip || typeof tripId !== 'string') return;
    trip.end();
    this.#trips.delete(tripId);
    this.#props.scene.dropped(orderId, truck.number);
    truck.letGo();
    if (holdId === undefined || !manned) return;
    const refused = [...manned.refused, truck];
    void this.#noting(() => this.#another({ ...manned, holdId, trucks: [], refused }, truck));
  }

  cancelled(tripId: string | undefined): void {
    const { trip, truck } = this.#trips.get(tripId ?? '') ?? {};
    if (!trip || !truck || tripId === undefined) return;
    trip.end();
    this.#trips.delete(tripId);
    truck.letGo();
  }

  async #another(held: ToMan, lost: Truck): Promise<void> {
    const { temper, offer, refused } = held;
    if (!temper.triesAnother) {
      // The hold lapses. Whoever tries a meaning out need not wait for that.
      if (meaningOf(offer.customerPhone)) await this.#release(held.holdId);
      return;
    }
    await sleep(temper.anotherAfter * 1000);
    await networkOf(this.#props.captain);
    const fit = this.#props.trucks.filter(
      (truck) => truck.isFree && truck.kind === lost.kind && !refused.includes(truck),
    );
    const [other] = nearestFirst(fit, offer.pickupLocation);
    if (!other) return this.#release(held.holdId);
    other.take(offer.orderId);
    await orLetGo([other], () => this.#confirm({ ...held, trucks: [other] }));
  }

  async #confirm(held: ToMan): Promise<boolean> {
    const { holdId, trucks, offer } = held;
    const { account, scene, captain } = this.#props;
    const assignments = trucks.map(({ id, driver }) => ({
      vehicleId: id,
      driverId: driver.account.userId,
    }));
    const path = '/api/v1/truck-hold/confirm-with-assignments';
    const body = { holdId, assignments };
    const asked = { method: 'POST', path, body, key: randomUUID() } as const;
    const { tripIds } = await account.ask(asked, Confirmed);
    scene.answered(offer.orderId, captain.index, 'confirmed');
    scene.assigned(
      offer.orderId,
      trucks.map(({ number }) => number),
    );
    for (const tripId of tripIds) void this.#noting(() => this.#begin(tripId, held));
    return true;
  }

  async #begin(tripId: string, held: ToMan): Promise<void> {
    const assignment = await this.#assignment(tripId);
    const truck = this.#truckOf(assignment);
    const { captain, behaviour } = this.#props;
    const usual = driverTemperOf(truck.vehicle, captain, held.planned, behaviour);
    const meaning = meaningOf(assignment.customerPhone);
    const plan = driverPlanFor(meaning, usual);
    const km = greatCircleKm(truck.place(), held.offer.pickupLocation);
    const givesUp = meaning === 'dropped' || chanceOfGivingUp(km) > plan.steadiness;
    await this.#run(new Trip(truck, assignment, plan, givesUp), truck, tripId, held);
  }

  async #goOnWith(truck: Truck): Promise<void> {
    const { account } = truck.driver;
    const active = await account.ask(
      { method: 'GET', path: '/api/v1/driver/trips/active' },
      ActiveTrip,
    );
    const tripId = active.trip?.id;
    if (tripId === undefined) return;
    const assignment = await this.#assignment(tripId);
    const seen = { method: 'GET', path: `/api/v1/tracking/${tripId}` } as const;
    const at = await account.ask(seen, LastSeen).catch(() => undefined);
    truck.take(assignment.orderId);
    truck.stand(at ?? truck.place());
    const meaning: Meaning = 'taken at once';
    const usual = { answers: 'accepts', answersAfter: 1, steadiness: 1, givesUpAfter: 1 } as const;
    const trip = new Trip(truck, assignment, driverPlanFor(meaning, usual), false);
    await this.#run(trip, truck, tripId, undefined);
  }

  async #run(trip: Trip, truck: Truck, tripId: string, manned: ToMan | undefined): Promise<void> {
    truck.tripId = tripId;
    this.#trips.set(tripId, { trip, truck, manned });
    const isDelivered = await trip.run().catch((error: unknown) => {
      if (!isOrdinary(error)) this.#props.scene.problem(error);
      return undefined;
    });
    // The captain is told what became of it; unless its phone had no network then.
    if (isDelivered !== true) await sleep(isDelivered === false ? toldMs : againMs);
    if (this.#trips.get(tripId)?.trip !== trip) return;
    this.#trips.delete(tripId);
    if (isDelivered === true) this.#props.scene.delivered(trip.orderId, truck.number);
    else this.#props.scene.dropped(trip.orderId, truck.number);
    truck.letGo();
    if (isDelivered === undefined) await this.#goOnWith(truck);
  }

  #assignment(tripId: string): Promise<Assignment> {
    const path = `/api/v1/assignments/${tripId}`;
    return this.#props.account.ask({ method: 'GET', path }, Assignment);
  }

  #truckOf({ vehicleId }: Assignment): Truck {
    const truck = this.#props.trucks.find(({ id }) => id === vehicleId);
    if (!truck) throw new Error(`The vehicle ${vehicleId} is in no fleet of the city`);
    return truck;
  }

  async #release(holdId: string): Promise<void> {
    const path = '/api/v1/truck-hold/release';
    await this.#props.account.tell({ method: 'POST', path, body: { holdId } });
  }

  async #noting(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!isOrdinary(error)) this.#props.scene.problem(error);
    });
  }
}

/** Trucks that are not manned in the end are free again. */
async function orLetGo(trucks: readonly Truck[], man: () => Promise<boolean>): Promise<void> {
  let isManned = false;
  try {
    isManned = await man();
  } finally {
    if (!isManned) for (const truck of trucks) truck.letGo();
  }
}

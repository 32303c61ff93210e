import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../../../src/places/position.ts';
import { Refusal } from '../api/api.ts';
import type { DriverPlan } from '../number-meanings.ts';
import type { TruckState } from '../view.ts';
import { arrivesAt, bearingOf, placeAt, type Motion } from './motion.ts';
import type { Assignment } from './offer.ts';
import type { Truck } from './truck.ts';

/** The phone says so often where it is, which is as often as the shipped app does at most, and notes it so often. */
const sayMs = 5000;
const noteMs = 1000;
const mostPoints = 100;
export const loadingMs = 4000;
export const unloadingMs = 3000;

interface Point extends Position {
  readonly timestamp: number;
  readonly speed: number;
  readonly bearing: number;
  readonly accuracy: number;
}

interface OnTheWay {
  /** After which share of the way the driver gives up. */
  readonly givesUpAfter?: number | undefined;
  /** In milliseconds, from half-way on. */
  readonly silentMs?: number;
}

const steps = [
  'pending',
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
  'arrived_at_drop',
  'completed',
] as const;

/** What a driver does about a trip, from the question to the delivery. */
export class Trip {
  readonly #truck: Truck;
  readonly #assignment: Assignment;
  readonly #plan: DriverPlan;
  /** Whether the driver gives up on the way to the pickup. */
  readonly #givesUp: boolean;
  /** Where the trip stands, by the place of its state in the list. */
  #step: number;
  #over = false;
  #unsaid: Point[] = [];

  constructor(truck: Truck, assignment: Assignment, plan: DriverPlan, givesUp: boolean) {
    this.#truck = truck;
    this.#assignment = assignment;
    this.#plan = plan;
    this.#givesUp = givesUp;
    this.#step = steps.findIndex((each) => each === assignment.status);
  }

  get orderId(): string {
    return this.#assignment.orderId;
  }

  /** Somebody else has ended it. */
  end(): void {
    this.#over = true;
  }

  /** Answers whether the goods were delivered. */
  async run(): Promise<boolean> {
    if (this.#isBefore('driver_accepted') && !(await this.#answer())) return false;
    if (this.#isBefore('at_pickup') && !(await this.#reachPickup())) return false;
    if (this.#isBefore('in_transit')) {
      this.#show('loading');
      await sleep(loadingMs);
      await this.#say('loading_complete');
      await this.#say('in_transit');
    }
    if (this.#isBefore('arrived_at_drop')) {
      this.#show('to drop');
      await this.#drive(this.#drop, { silentMs: this.#plan.silentFor * 1000 });
      await this.#say('arrived_at_drop');
    }
    this.#show('unloading');
    await sleep(unloadingMs);
    await this.#say('completed');
    return !this.#over;
  }

  async #answer(): Promise<boolean> {
    const { answers, answersAfter } = this.#plan;
    const { id, requiresTripCodes } = this.#assignment;
    await sleep(answersAfter * 1000);
    if (this.#over || answers === 'says nothing') return false;
    // Nobody could tell this driver the customer's codes.
    const accepts = answers === 'accepts' && !requiresTripCodes;
    const verb = accepts ? 'accept' : 'decline';
    const path = `/api/v1/assignments/${id}/${verb}`;
    const body = accepts ? {} : { body: { reason: 'NOT_AVAILABLE' } };
    await this.#truck.driver.account.tell({ method: 'PATCH', path, ...body });
    if (accepts) this.#step = steps.indexOf('driver_accepted');
    return accepts;
  }

  async #reachPickup(): Promise<boolean> {
    this.#show('accepted');
    await this.#send(this.#truck.motion, Date.now());
    await sleep(this.#plan.standsFor * 1000);
    await this.#say('en_route_pickup');
    this.#show('to pickup');
    const givesUpAfter = this.#givesUp ? this.#plan.givesUpAfter : undefined;
    if (!(await this.#drive(this.#pickup, { givesUpAfter }))) return false;
    await this.#say('at_pickup');
    return !this.#over;
  }

  /** Answers false if the driver gave up. */
  async #drive(to: Position, { givesUpAfter, silentMs = 0 }: OnTheWay): Promise<boolean> {
    const motion = this.#truck.driveTo(to);
    const ends = arrivesAt(motion);
    const gone = (share: number) => motion.startedAt + (ends - motion.startedAt) * share;
    const silentFrom = gone(0.5);
    const leavesAt = givesUpAfter === undefined ? Infinity : gone(givesUpAfter);
    for (let noted = motion.startedAt; !this.#over;) {
      const now = Date.now();
      for (; noted + noteMs <= now; noted += noteMs) this.#note(motion, noted + noteMs);
      const silent = silentMs > 0 && now >= silentFrom && now < silentFrom + silentMs;
      this.#truck.silent = silent;
      if (now >= leavesAt) return this.#giveUp();
      if (!silent) await this.#send(motion, now);
      if (now >= ends && !silent) return true;
      await sleep(Math.max(50, Math.min(sayMs, now < ends ? ends - now : sayMs, leavesAt - now)));
    }
    return true;
  }

  async #giveUp(): Promise<boolean> {
    const path = `/api/v1/assignments/${this.#assignment.id}/cancel`;
    const body = { reason: 'The truck broke down' };
    await this.#truck.driver.account.tell({ method: 'POST', path, body });
    return false;
  }

  #note(motion: Motion, at: number): void {
    this.#unsaid.push({
      ...placeAt(motion, at),
      timestamp: at,
      speed: at < arrivesAt(motion) ? motion.metresPerSecond : 0,
      bearing: bearingOf(motion),
      accuracy: 8,
    });
  }

  async #send(motion: Motion, now: number): Promise<void> {
    this.#note(motion, now);
    const points = this.#unsaid.slice(-mostPoints);
    this.#unsaid = [];
    const body = { tripId: this.#assignment.id, points, network: 'good' };
    await this.#truck.driver.account.tell({ method: 'POST', path: '/api/v1/tracking/batch', body });
  }

  async #say(status: (typeof steps)[number]): Promise<void> {
    if (this.#over) return;
    const path = `/api/v1/tracking/trip/${this.#assignment.id}/status`;
    await this.#truck.driver.account.tell({ method: 'PUT', path, body: { status } });
    this.#step = steps.indexOf(status);
  }

  #isBefore(status: (typeof steps)[number]): boolean {
    return !this.#over && this.#step < steps.indexOf(status);
  }

  #show(state: TruckState): void {
    if (!this.#over) this.#truck.state = state;
  }

  get #pickup(): Position {
    return { latitude: this.#assignment.pickupLat, longitude: this.#assignment.pickupLng };
  }

  get #drop(): Position {
    return { latitude: this.#assignment.dropLat, longitude: this.#assignment.dropLng };
  }
}

/** Refusals that are part of life where others act at the same time: somebody was faster, or it is over. */
const ordinary = new Set([
  'ORDER_INACTIVE',
  'ORDER_NOT_FOUND',
  'NOT_ENOUGH_AVAILABLE',
  'ALREADY_HOLDING',
  'HOLDS_LIMITED',
  'HOLD_EXPIRED',
  'HOLD_NOT_FOUND',
  'TRUCK_STATE_CHANGED',
  'ASSIGNMENT_TIMED_OUT',
  'ASSIGNMENT_NOT_FOUND',
  'INVALID_ASSIGNMENT_STATE',
  'INVALID_STATUS_TRANSITION',
]);

export const isOrdinary = (error: unknown): boolean =>
  error instanceof Refusal && ordinary.has(error.code);

import type { VehicleKind } from '../../../src/catalogue/vehicle-kind.ts';
import { greatCircleKm, type Position } from '../../../src/places/position.ts';
import type { Vehicle } from '../../world/fleets.ts';
import type { Account } from '../api/account.ts';
import type { TruckState, TruckView } from '../view.ts';
import { arrivesAt, drivingSpeed, placeAt, standing, type Motion } from './motion.ts';

interface Driver {
  readonly account: Account;
  readonly name: string;
}

/** A truck of the city, with its driver. Where it is follows from how it moves: nobody has to move it. */
export class Truck {
  readonly vehicle: Vehicle;
  readonly id: string;
  readonly number: string;
  readonly kind: VehicleKind;
  readonly driver: Driver;
  state: TruckState = 'free';
  orderId: string | undefined;
  tripId: string | undefined;
  silent = false;
  idleSince = Date.now();
  #motion: Motion;

  constructor(props: Pick<Truck, 'vehicle' | 'id' | 'number' | 'kind' | 'driver'>, at: Position) {
    this.vehicle = props.vehicle;
    this.id = props.id;
    this.number = props.number;
    this.kind = props.kind;
    this.driver = props.driver;
    this.#motion = standing(at, Date.now());
  }

  get isFree(): boolean {
    return this.state === 'free' || this.state === 'homeward';
  }

  get motion(): Motion {
    return this.#motion;
  }

  place(now = Date.now()): Position {
    return placeAt(this.#motion, now);
  }

  isMoving(now = Date.now()): boolean {
    return now < arrivesAt(this.#motion);
  }

  driveTo(to: Position): Motion {
    const now = Date.now();
    this.#motion = { from: this.place(now), to, startedAt: now, metresPerSecond: drivingSpeed };
    return this.#motion;
  }

  stand(at = this.place()): void {
    this.#motion = standing(at, Date.now());
  }

  /** Promised to an order. */
  take(orderId: string): void {
    this.stand();
    this.state = 'asked';
    this.orderId = orderId;
  }

  /** Free again, and on the way home. */
  letGo(): void {
    this.orderId = undefined;
    this.tripId = undefined;
    this.silent = false;
    this.idleSince = Date.now();
    this.driveTo(this.vehicle.startsAt);
    this.state = 'homeward';
  }

  view(captain: number, now: number): TruckView {
    if (this.state === 'homeward' && !this.isMoving(now)) this.state = 'free';
    return {
      number: this.number,
      captain,
      kind: this.kind.name,
      driver: this.driver.name,
      state: this.state,
      orderId: this.orderId,
      silent: this.silent,
      ...this.place(now),
    };
  }
}

export function nearestFirst(trucks: readonly Truck[], place: Position): readonly Truck[] {
  return trucks
    .map((truck) => ({ truck, km: greatCircleKm(truck.place(), place) }))
    .toSorted((one, other) => one.km - other.km)
    .map(({ truck }) => truck);
}

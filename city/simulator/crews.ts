import { answerSeconds } from '../../src/orders/order/order.ts';
import { greatCircleKm } from '../../src/places/position.ts';
import { DETOUR } from '../../src/places/estimate-route.ts';
import { chanceOfGivingUp, driverTemperOf, type Temper } from '../world/captain.ts';
import { backOnlineAt } from '../world/fleets.ts';
import type { Hold, LiveCaptain, LiveOrder, LiveTruck, LiveVehicle } from './live.ts';
import type { Market } from './market.ts';

interface Trip {
  readonly order: LiveOrder;
  readonly truck: LiveTruck;
  readonly vehicle: LiveVehicle;
  readonly temper: Temper;
}

/** Captains choose vehicles and drivers for what they hold; drivers answer, drive, and come free again. */
export class Crews {
  readonly #market: Market;

  constructor(market: Market) {
    this.#market = market;
  }

  /** A captain has held trucks: it chooses, forgets them, or gives them back. */
  choose(order: LiveOrder, hold: Hold, temper: Temper): void {
    const { agenda } = this.#market;
    if (temper.holding === 'forgets') return;
    const at = backOnlineAt(hold.captain.plan, agenda.now + temper.confirmsAfter);
    agenda.at(at, () =>
      temper.holding === 'confirms'
        ? this.#confirm(order, hold, temper)
        : this.#market.giveBack(order, hold, 'released'),
    );
  }

  #confirm(order: LiveOrder, hold: Hold, temper: Temper): void {
    if (!order.holds.includes(hold)) return;
    const trucks = order.trucks.filter(({ holdId }) => holdId === hold.id);
    const trips = this.#crewsFor(order, hold, trucks).map((vehicle, index) => ({
      order,
      truck: trucks[index],
      vehicle,
      temper,
    }));
    const [first] = trips;
    if (!first) {
      this.#market.giveBack(order, hold, 'released');
      return;
    }
    this.#market.endHold(order, hold);
    const manned = new Map<string, LiveVehicle>();
    for (const { truck, vehicle } of trips) {
      if (!truck) continue;
      vehicle.on = truck;
      this.#market.ways.promised(vehicle);
      truck.assigned = { transporterId: hold.transporterId };
      truck.mannedAt = this.#market.agenda.now;
      manned.set(truck.id, vehicle);
    }
    hold.captain.wonAt = this.#market.agenda.now;
    this.#market.change(order, {
      becomes: ({ id, status }) => (manned.has(id) ? 'assigned' : status),
    });
    this.#market.refreshAll(hold.captain);
    for (const { truck, ...trip } of trips) if (truck) this.#ask({ ...trip, truck });
  }

  /** The nearest free vehicles whose drivers have not said no: as many as there are trucks, or none. */
  #crewsFor(order: LiveOrder, hold: Hold, trucks: readonly LiveTruck[]): readonly LiveVehicle[] {
    const fit = hold.captain.vehicles
      .filter(({ plan, on }) => plan.kind === hold.vehicleKey && !on)
      .filter((vehicle) => !trucks.some(({ refusedBy }) => refusedBy.has(vehicle)))
      .map((vehicle) => ({ vehicle, km: greatCircleKm(vehicle.at, order.plan.pickup) }))
      .toSorted((one, other) => one.km - other.km)
      .slice(0, trucks.length)
      .map(({ vehicle }) => vehicle);
    return fit.length === trucks.length ? fit : [];
  }

  #ask(trip: Trip): void {
    const { agenda, world } = this.#market;
    const { order, vehicle } = trip;
    const driver = driverTemperOf(vehicle.plan, vehicle.owner.plan, order.plan, world.behaviour);
    const isLate = driver.answersAfter >= answerSeconds;
    if (driver.answers === 'says nothing' || isLate) {
      agenda.after(answerSeconds, () => this.#lose(trip, 'driver said no'));
    } else if (driver.answers === 'declines') {
      agenda.after(driver.answersAfter, () => this.#lose(trip, 'driver said no'));
    } else {
      agenda.after(driver.answersAfter, () => this.#setOut(trip, driver));
    }
  }

  #setOut(
    trip: Trip,
    driver: { readonly steadiness: number; readonly givesUpAfter: number },
  ): void {
    const { agenda, counts, ways } = this.#market;
    const { order, vehicle } = trip;
    const { pickup } = order.plan;
    const km = greatCircleKm(vehicle.at, pickup);
    const seconds = ways.driveSeconds(vehicle.at, pickup, agenda.now);
    counts.accepted += 1;
    ways.setOut(vehicle, pickup, seconds);
    if (chanceOfGivingUp(km) > driver.steadiness) {
      agenda.after(seconds * driver.givesUpAfter, () => {
        counts.gaveUp += 1;
        this.#lose(trip, 'driver gave up');
      });
    } else {
      agenda.after(seconds, () => this.#arrive(trip, km * DETOUR));
    }
  }

  /** The driver will not come: the truck is the captain's for another minute. */
  #lose({ order, truck, vehicle, temper }: Trip, how: LiveTruck['lostBy']): void {
    const captain = vehicle.owner;
    vehicle.on = undefined;
    this.#market.ways.letGo(vehicle);
    truck.assigned = null;
    truck.refusedBy.add(vehicle);
    truck.lostBy = how;
    const hold = this.#market.hold(order, { captain, trucks: [truck], afterNo: true });
    if (!temper.triesAnother) return;
    const at = backOnlineAt(captain.plan, this.#market.agenda.now + temper.anotherAfter);
    this.#market.agenda.at(at, () => this.#confirm(order, hold, temper));
  }

  #arrive(trip: Trip, km: number): void {
    const { agenda, counts, ways } = this.#market;
    const { order, truck, vehicle } = trip;
    counts.filled += 1;
    counts.pickupKm += km;
    vehicle.owner.won += 1;
    this.#becomes(order, truck, 'in_progress');
    const { pickup, drop } = order.plan;
    agenda.after(truck.plan.loadingSeconds, () => {
      const seconds = ways.driveSeconds(pickup, drop, agenda.now);
      agenda.after(seconds + truck.plan.unloadingSeconds, () => this.#complete(trip));
    });
  }

  #complete({ order, truck, vehicle }: Trip): void {
    vehicle.standAt(order.plan.drop);
    vehicle.on = undefined;
    this.#market.ways.letGo(vehicle);
    this.#becomes(order, truck, 'completed');
    this.#freed(vehicle.owner);
  }

  #freed(captain: LiveCaptain): void {
    captain.idleSince = this.#market.agenda.now;
    this.#market.refreshAll(captain);
  }

  #becomes(order: LiveOrder, truck: LiveTruck, next: 'in_progress' | 'completed'): void {
    this.#market.change(order, {
      becomes: ({ id, status }) => (id === truck.id ? next : status),
    });
  }
}

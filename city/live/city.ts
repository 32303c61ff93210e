import { greatCircleKm, type Position } from '../../src/places/position.ts';
import type { Captain } from '../world/fleets.ts';
import { cities, parameters, type CityName } from '../world/parameters.ts';
import { placesOf } from '../world/places.ts';
import { makeWorld, type World } from '../world/world.ts';
import { Api } from './api/api.ts';
import type { Town } from './api/account.ts';
import { Mailbox } from './api/mailbox.ts';
import { SessionBook } from './api/session-book.ts';
import { LiveCaptain } from './captains/live-captain.ts';
import type { Truck } from './captains/truck.ts';
import { wakeCaptain } from './captains/wake.ts';
import { Customers } from './customers/customers.ts';
import { HeardLog } from './heard-log.ts';
import { nameOf } from './people.ts';
import { Scene } from './scene.ts';
import type { CaptainView, CityView } from './view.ts';

export interface CityOptions {
  readonly origin: string;
  readonly city: CityName;
  readonly captains: number;
  readonly seed: number;
  /** Seconds between two orders of the city's own customers. Without it they place none. */
  readonly orders?: number | undefined;
  /** Keeps who is logged in. */
  readonly sessions: string;
  /** Where what each client hears is written. Without it, it is not. */
  readonly heard?: string | undefined;
}

/** So many captains wake at the same time in the end; at first few, for each function has to start, too. */
const wakingAtOnce = 6;
const anotherMs = 1500;
const againMs = 1000;

/** A city of captains who live through the public API. */
export class City {
  readonly #options: CityOptions;
  readonly #world: World;
  readonly #middle: Position;
  readonly #town: Town;
  readonly #scene = new Scene();
  readonly #heardLog: HeardLog;
  readonly #startedAt = new Date().toISOString();
  readonly #awake = new Map<number, LiveCaptain>();
  readonly #trucks: { readonly captain: number; readonly truck: Truck }[] = [];

  static async found(options: CityOptions): Promise<City> {
    const places = await placesOf(options.city);
    const { seed, city, captains } = options;
    const supply = captains / parameters.fleets.transporters;
    return new City(
      options,
      makeWorld({ city, seed, supply, willingness: 0, answers: 0 }, places),
      places,
    );
  }

  private constructor(options: CityOptions, world: World, places: readonly Position[]) {
    this.#options = options;
    this.#world = world;
    this.#middle = middleOf(places);
    const api = new Api(options.origin);
    const sessions = new SessionBook(options.sessions);
    this.#town = { api, sessions, mailbox: new Mailbox(options.origin) };
    this.#heardLog = new HeardLog(options.heard);
  }

  get trucks(): number {
    return this.#trucks.length;
  }

  get online(): number {
    return this.#awake.size;
  }

  /** Wakes all captains, some at a time. */
  async wake(): Promise<void> {
    const asleep = [...this.#world.captains];
    const wakeNext = async (_: unknown, place: number): Promise<void> => {
      await new Promise((then) => setTimeout(then, place * anotherMs));
      for (let next = asleep.shift(); next; next = asleep.shift()) await this.#wakeOne(next);
    };
    await Promise.all(Array.from({ length: wakingAtOnce }, wakeNext));
    this.#town.sessions.save();
    this.#beginOrders();
  }

  stop(): void {
    this.#town.sessions.save();
    for (const captain of this.#awake.values()) captain.stop();
  }

  view(): CityView {
    const now = Date.now();
    const { city, seed } = this.#options;
    return {
      city,
      name: cities[city].name,
      seed,
      middle: this.#middle,
      startedAt: this.#startedAt,
      now: new Date(now).toISOString(),
      online: this.online,
      captains: this.#world.captains.map((each) => this.#viewOf(each)),
      trucks: this.#trucks.map(({ captain, truck }) => truck.view(captain, now)),
      ...this.#scene.view(),
    };
  }

  #viewOf(captain: Captain): CaptainView {
    const live = this.#awake.get(captain.index);
    if (live) return live.view();
    return {
      id: captain.index,
      name: nameOf(this.#options, 'transporter', captain.index),
      trucks: captain.vehicles.length,
      state: 'asleep',
      ...captain.home,
    };
  }

  /** What goes wrong once is tried once more. */
  async #wakeOne(captain: Captain): Promise<void> {
    try {
      await this.#live(captain);
    } catch {
      await new Promise((again) => setTimeout(again, againMs));
      await this.#live(captain).catch((error: unknown) => this.#scene.problem(error));
    }
  }

  async #live(captain: Captain): Promise<void> {
    const { city, origin } = this.#options;
    const waking = { ...this.#options, town: this.#town, cityName: cities[city].name };
    const vehicles = this.#world.vehicles.filter((each) => each.captain === captain.index);
    const woken = await wakeCaptain(captain, vehicles, waking);
    const live = new LiveCaptain({
      ...woken,
      origin,
      captain,
      scene: this.#scene,
      behaviour: this.#world.behaviour,
      onHeard: this.#heardLog.of('transporter', woken.account.userId),
    });
    await live.start();
    this.#awake.set(captain.index, live);
    for (const truck of woken.trucks) this.#trucks.push({ captain: captain.index, truck });
  }

  #beginOrders(): void {
    const { orders: everySeconds } = this.#options;
    if (everySeconds === undefined) return;
    new Customers({
      town: this.#town,
      whose: this.#options,
      scene: this.#scene,
      heardLog: this.#heardLog,
      orders: this.#world.orders,
      everySeconds,
    }).start();
  }
}

/** The place that has the others around it most closely. */
function middleOf(places: readonly Position[]): Position {
  const mean = (of: (place: Position) => number) =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const middle = {
    latitude: mean((each) => each.latitude),
    longitude: mean((each) => each.longitude),
  };
  const [nearest] = places.toSorted(
    (one, other) => greatCircleKm(one, middle) - greatCircleKm(other, middle),
  );
  return nearest ?? middle;
}

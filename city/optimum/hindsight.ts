import { answerSeconds, holdAfterNoSeconds, holdSeconds } from '../../src/orders/order/order.ts';
import { searchSeconds } from '../../src/orders/placing/search-waves.ts';
import { DETOUR } from '../../src/places/estimate-route.ts';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import {
  atBest,
  driverTemperOf,
  farthestKm,
  farthestWithoutGivingUp,
  isAlone,
  temperOf,
} from '../world/captain.ts';
import type { Captain, Vehicle } from '../world/fleets.ts';
import type { PlannedOrder, PlannedTruck } from '../world/orders.ts';
import { driveSeconds } from '../world/roads.ts';
import type { World } from '../world/world.ts';
import { mostCovered } from './most-covered.ts';

/**
 * A fleet may replace a driver who said no, with a truck that was not free during the search: so long after it, after
 * two refusals. A truck that is replaced later, because a driver gave up on the way, is not counted.
 */
export const replacedWithin = holdSeconds + 2 * (answerSeconds + holdAfterNoSeconds);

/**
 * The most trucks that any policy could have filled that asks for a minute, if it had known everything: who is willing,
 * who forgets, which driver says no, and which orders will come. It is solved exactly, as chains of trips
 * (mostCovered), on a world that is kinder than the simulated one:
 *
 * - every captain may be asked at once, and finds every order at its best: nothing else in hand, two hours idle,
 *   homeward;
 * - a truck drives to each pickup from the nearest place at which a truck could be, whoever it is;
 * - one trip may follow another if there is *some* captain who would do both, whoever did the trips before.
 *
 * So it is never less than what a policy has filled, and mostly it is more than can be reached.
 */
export function hindsight(world: World): number {
  const kinds = [...new Set(world.vehicles.map(({ kind }) => kind))];
  return kinds.reduce((sum, kind) => sum + ofKind(world, kind), 0);
}

interface Task {
  readonly order: PlannedOrder;
  readonly truck: PlannedTruck;
  /** The earliest moment at which its truck can be free again. */
  readonly doneAt: number;
}

/** For a captain who would take an order: from how far away. */
type Reach = ReadonlyMap<Captain, number>;

function ofKind(world: World, kind: string): number {
  const vehicles = world.vehicles.filter((vehicle) => vehicle.kind === kind);
  const captains = world.captains.filter((captain) =>
    vehicles.some((vehicle) => vehicle.captain === captain.index),
  );
  const orders = world.orders.filter(({ trucks }) => trucks.some((truck) => truck.kind === kind));
  const reaches = new Map(orders.map((order) => [order, reachOf(world, order, captains)]));
  const startPlaces = [
    ...vehicles.map(({ startsAt }) => startsAt),
    ...orders.map(({ drop }) => drop),
  ];
  const tasks = orders.flatMap((order) =>
    order.trucks
      .filter((truck) => truck.kind === kind)
      .map((truck): Task => ({ order, truck, doneAt: doneAt(world, order, truck, startPlaces) })),
  );
  const reachFor = (order: PlannedOrder) => reaches.get(order) ?? new Map<Captain, number>();
  const firsts = vehicles.map((vehicle) => firstsOf(world, vehicle, tasks, reachFor));
  const nexts = tasks.map((task) => nextsOf(task, tasks, reachFor));
  return mostCovered({ tasks: tasks.length, firsts, nexts });
}

/** Who would take an order if it were asked in time, and bring its truck. */
function reachOf(world: World, order: PlannedOrder, captains: readonly Captain[]): Reach {
  const endsAt = order.atSeconds + searchSeconds;
  const reach = new Map<Captain, number>();
  for (const captain of captains) {
    const { overlooks, looksAfter, decidesAfter, holding, reluctance } = temperOf(
      captain,
      order,
      world.behaviour,
    );
    const isThere = captain.online.from < endsAt && captain.online.until > order.atSeconds;
    const isInTime = looksAfter + decidesAfter < searchSeconds;
    if (overlooks || holding !== 'confirms' || !isThere || !isInTime) continue;
    const { willingness } = world;
    const km = farthestKm({ captain, order, willingness }, atBest, reluctance);
    const reached = isAlone(captain) ? Math.min(km, driverReach(world, captain, order)) : km;
    // The nearest truck of a fleet decides whether it is willing; any of them may come then.
    if (reached >= 0) reach.set(captain, isAlone(captain) ? reached : Infinity);
  }
  return reach;
}

function driverReach(world: World, captain: Captain, order: PlannedOrder): number {
  const vehicle = world.vehicles[captain.vehicles[0] ?? -1];
  if (!vehicle) return -1;
  const driver = driverTemperOf(vehicle, captain, order, world.behaviour);
  const comes = driver.answers === 'accepts' && driver.answersAfter < answerSeconds;
  return comes ? farthestWithoutGivingUp(driver.steadiness) : -1;
}

function doneAt(
  world: World,
  { atSeconds, pickup, drop }: PlannedOrder,
  { loadingSeconds, unloadingSeconds }: PlannedTruck,
  startPlaces: readonly Position[],
): number {
  const nearest = Math.min(...startPlaces.map((place) => greatCircleKm(place, pickup)));
  const thereAt = arrivesAt(world, nearest, atSeconds);
  const leavesAt = thereAt + loadingSeconds;
  return arrivesAt(world, greatCircleKm(pickup, drop), leavesAt) + unloadingSeconds;
}

/** Whoever waits for a faster hour may be there earlier. */
function arrivesAt({ city }: World, km: number, from: number): number {
  const nextHours = [1, 2, 3].map((hours) => (Math.floor(from / 3600) + hours) * 3600);
  return Math.min(...[from, ...nextHours].map((at) => at + driveSeconds(city, km * DETOUR, at)));
}

function firstsOf(
  world: World,
  { captain: owner, startsAt }: Vehicle,
  tasks: readonly Task[],
  reachFor: (order: PlannedOrder) => Reach,
): readonly number[] {
  const captain = world.captains[owner];
  return tasks.flatMap(({ order }, index) => {
    const km = captain && reachFor(order).get(captain);
    return km !== undefined && greatCircleKm(startsAt, order.pickup) <= km ? index : [];
  });
}

function nextsOf(
  { order, doneAt: freeAt }: Task,
  tasks: readonly Task[],
  reachFor: (order: PlannedOrder) => Reach,
): readonly number[] {
  const able = [...reachFor(order).keys()];
  const follows = new Map<PlannedOrder, boolean>();
  return tasks.flatMap(({ order: next }, index) => {
    const endsAt = next.atSeconds + searchSeconds;
    // Trips follow one another in the sequence of their orders, even if a very short one would allow the reverse.
    if (next.index <= order.index || freeAt > endsAt + replacedWithin) return [];
    const isNext = follows.get(next) ?? isFollowed(next);
    follows.set(next, isNext);
    return isNext ? index : [];
  });

  function isFollowed(next: PlannedOrder): boolean {
    const reach = reachFor(next);
    const km = greatCircleKm(order.drop, next.pickup);
    const isLate = freeAt > next.atSeconds + searchSeconds;
    return able.some(
      (captain) => (reach.get(captain) ?? -1) >= km && !(isLate && isAlone(captain)),
    );
  }
}

import { greatCircleKm } from '../../src/places/position.ts';
import type { Position } from '../../src/places/position.ts';
import type { Draws } from './draws.ts';
import type { Captain, Vehicle } from './fleets.ts';
import type { PlannedOrder } from './orders.ts';
import { parameters } from './parameters.ts';
import { hourOf } from './roads.ts';

/**
 * How captains and drivers behave: pure, and without a clock. Whoever drives them, a simulator or the public API, says
 * what they see and when.
 */

/** What a captain does about an order, whatever it sees of it. */
export interface Temper {
  /** Whether it ever looks at the offer, and after how many seconds. */
  readonly overlooks: boolean;
  readonly looksAfter: number;
  /** From the look to the answer. */
  readonly decidesAfter: number;
  /** It wants the order if its probability of that is greater. */
  readonly reluctance: number;
  /** Whether it says no if it does not want it. */
  readonly saysNo: boolean;
  /** What it does with trucks that it holds, and after how many seconds. */
  readonly holding: 'confirms' | 'forgets' | 'gives back';
  readonly confirmsAfter: number;
  /** Whether it tries another driver after a no, and after how many seconds. */
  readonly triesAnother: boolean;
  readonly anotherAfter: number;
}

const about = { captain: 1, driver: 2 };

export function temperOf(captain: Captain, order: PlannedOrder, behaviour: Draws): Temper {
  const { captains } = parameters;
  const key = [about.captain, captain.index, order.index];
  const share = (what: number) => behaviour.share(...key, what);
  const often = (usual: number) => Math.min(captains.mostCareless, usual * captain.carelessness);
  const lapse = share(5);
  const forgets = often(captains.forgets);
  return {
    overlooks: share(1) < often(captains.overlooks),
    looksAfter: behaviour.around(captains.looks, ...key, 2),
    decidesAfter: behaviour.around(captains.decides, ...key, 3),
    reluctance: share(4),
    holding:
      lapse < forgets
        ? 'forgets'
        : lapse < forgets + captains.givesBack
          ? 'gives back'
          : 'confirms',
    saysNo: share(6) < captains.saysNo,
    confirmsAfter: behaviour.around(
      isAlone(captain) ? captains.confirms.alone : captains.confirms.fleet,
      ...key,
      7,
    ),
    triesAnother: share(8) < captains.triesAnother,
    anotherAfter: behaviour.around(captains.another, ...key, 9),
  };
}

/** An owner with one truck drives it. */
export const isAlone = ({ vehicles }: Captain) => vehicles.length === 1;

/** What a captain weighs. */
export interface Considered {
  /** From its nearest free truck to the pickup, in a straight line. */
  readonly km: number;
  /** By how many kilometres the drop is nearer to its home than that truck. */
  readonly kmHomeward: number;
  readonly idleHours: number;
  readonly offersInHand: number;
}

/** The best that a captain may find: the probability is never greater than with it, at the same distance. */
export const atBest: Omit<Considered, 'km'> = {
  kmHomeward: parameters.captains.wants.mostKmHomeward,
  idleHours: parameters.captains.wants.mostIdleHours,
  offersInHand: 0,
};

interface Situation {
  readonly captain: Captain;
  readonly order: PlannedOrder;
  /** What is added to the probability of every acceptance. */
  readonly willingness: number;
}

/** The probability that a captain wants an order. */
export function chanceOf(situation: Situation, seen: Considered): number {
  const { least, most } = parameters.captains.wants;
  return Math.min(most, Math.max(least, likingOf(situation, seen)));
}

/** The same, before it is kept between its limits. */
function likingOf({ captain, order, willingness }: Situation, seen: Considered): number {
  const { wants } = parameters.captains;
  const hour = hourOf(order.atSeconds);
  return (
    wants.base +
    willingness +
    captain.character +
    wants.perTenthOfPrice * (order.price - 1) * 10 +
    (hour === 13 ? wants.atLunch : 0) +
    (hour >= 19 ? wants.inTheEvening : 0) +
    wants.perKm * Math.max(0, seen.km - wants.freeKm) +
    wants.perIdleHour * Math.min(wants.mostIdleHours, seen.idleHours) +
    wants.perOfferInHand * seen.offersInHand +
    wants.perKmHomeward * Math.min(wants.mostKmHomeward, Math.max(0, seen.kmHomeward))
  );
}

/**
 * How far a pickup may be at most for a captain who is so reluctant to want the order. Negative: however near, it does
 * not.
 */
export function farthestKm(
  situation: Situation,
  seen: Omit<Considered, 'km'>,
  reluctance: number,
): number {
  const { wants } = parameters.captains;
  if (reluctance < wants.least) return Infinity;
  const near = chanceOf(situation, { ...seen, km: 0 });
  if (near <= reluctance) return -1;
  return wants.freeKm + (likingOf(situation, { ...seen, km: 0 }) - reluctance) / -wants.perKm;
}

/** Why a captain who says no does not want an order: what counts most against it. */
export function reasonOf({ order }: Pick<Situation, 'order'>, seen: Considered): string {
  const { wants } = parameters.captains;
  const against = [
    { reason: 'too_far', weight: -wants.perKm * Math.max(0, seen.km - wants.freeKm) },
    { reason: 'price_too_low', weight: wants.perTenthOfPrice * (1 - order.price) * 10 },
    { reason: 'busy', weight: -wants.perOfferInHand * seen.offersInHand },
  ].toSorted((one, other) => other.weight - one.weight);
  return against[0] && against[0].weight > 0 ? against[0].reason : 'other';
}

export const kmHomeward = ({ home }: Captain, from: Position, drop: Position) =>
  greatCircleKm(from, home) - greatCircleKm(drop, home);

/** What the driver of a vehicle does about a trip. */
export interface DriverTemper {
  readonly answers: 'accepts' | 'declines' | 'says nothing';
  readonly answersAfter: number;
  /** The driver gives up on the way if the probability of that is greater. */
  readonly steadiness: number;
  /** After which share of the way. */
  readonly givesUpAfter: number;
}

export function driverTemperOf(
  vehicle: Vehicle,
  captain: Captain,
  order: PlannedOrder,
  behaviour: Draws,
): DriverTemper {
  const { drivers } = parameters;
  const who = isAlone(captain) ? 'alone' : 'hired';
  const key = [about.driver, vehicle.index, order.index];
  const answer = behaviour.share(...key, 1);
  const declines = drivers.declines[who];
  return {
    answers:
      answer < declines
        ? 'declines'
        : answer < declines + drivers.saysNothing[who]
          ? 'says nothing'
          : 'accepts',
    answersAfter: behaviour.around(drivers.answers[who], ...key, 2),
    steadiness: behaviour.share(...key, 3),
    givesUpAfter: behaviour.share(...key, 4),
  };
}

/** The probability that a driver gives up on the way to a pickup, so many kilometres away in a straight line. */
export function chanceOfGivingUp(km: number): number {
  const { base, perKm } = parameters.drivers.givesUp;
  return base + perKm * Math.max(0, km - parameters.captains.wants.freeKm);
}

/** How far a pickup may be at most for a driver who is so steady not to give up. */
export function farthestWithoutGivingUp(steadiness: number): number {
  const { base, perKm } = parameters.drivers.givesUp;
  if (steadiness < base) return -1;
  return parameters.captains.wants.freeKm + (steadiness - base) / perKm;
}

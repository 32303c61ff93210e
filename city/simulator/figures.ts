import type { LiveOrder, LiveTruck } from './live.ts';
import type { Market } from './market.ts';
import type { Policy } from './policy.ts';

/** What a day came to: each figure is of all orders, or of all trucks, of that day. */
export interface Figures {
  /** Of the trucks that customers wanted, the share that came to the pickup. */
  readonly filled: number;
  /** Seconds until the first hold: the median of all orders. One without a hold counts with the time that it waited. */
  readonly firstHold: number;
  /** The share of orders that got a hold. */
  readonly held: number;
  /** Seconds until all trucks of an order were assigned: the median of those that were filled. */
  readonly fill: number;
  /** Offers that were made, per truck that came. */
  readonly offers: number;
  /** Kilometres of road to the pickup, per truck that came. */
  readonly pickupKm: number;
  /** Of the drivers who set out, the share that gave up. */
  readonly gaveUp: number;
  /** Of the holds, the share that lapsed. */
  readonly lapsed: number;
  /** The share of orders that were cancelled, because their customers waited too long. */
  readonly cancelled: number;
  /** How unequal owners did: the Gini coefficient of trucks won per truck-hour online. 0: all alike. */
  readonly gini: number;
  /** The share of owners who won nothing. */
  readonly without: number;
  /** Of the trucks wanted, the shares that did not come, by how they were lost last. */
  readonly notTaken: number;
  readonly lostByLapse: number;
  readonly lostByDriver: number;
  readonly lostOnTheWay: number;
}

export type FigureName = keyof Figures;

export function figuresOf({ orders, captains, counts }: Market, policy: Policy): Figures {
  const trucks = orders.flatMap((order) => order.trucks);
  const lost = trucks.filter(({ status }) => status === 'expired' || status === 'cancelled');
  const share = (those: readonly LiveTruck[]) => those.length / trucks.length;
  const lostBy = (...how: readonly LiveTruck['lostBy'][]) =>
    share(lost.filter((truck) => how.includes(truck.lostBy)));
  const ofOrders = (which: (order: LiveOrder) => boolean) =>
    orders.filter(which).length / orders.length;
  return {
    filled: counts.filled / trucks.length,
    firstHold: medianOf(orders.map((order) => order.firstHeldAfter ?? waited(order, policy))),
    held: ofOrders(({ firstHeldAfter }) => firstHeldAfter !== undefined),
    fill: medianOf(orders.flatMap(({ filledAfter }) => filledAfter ?? [])),
    offers: counts.offers / counts.filled,
    pickupKm: counts.pickupKm / counts.filled,
    gaveUp: counts.gaveUp / counts.accepted,
    lapsed: counts.lapsed / counts.holds,
    cancelled: ofOrders(({ status }) => status === 'cancelled'),
    gini: giniOf(
      captains.map(({ won, plan: { online, vehicles } }) => {
        const truckHours = (vehicles.length * (online.until - online.from)) / 3600;
        return won / truckHours;
      }),
    ),
    without: captains.filter(({ won }) => won === 0).length / captains.length,
    notTaken: lostBy(undefined),
    lostByLapse: lostBy('lapsed', 'given back'),
    lostByDriver: lostBy('driver said no'),
    lostOnTheWay: lostBy('driver gave up'),
  };
}

const waited = ({ plan }: LiveOrder, { searchSeconds }: Policy) =>
  Math.min(plan.patienceSeconds, searchSeconds);

/** The smallest number that at least half of all numbers do not exceed. */
function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
}

/** 0 if all have the same, almost 1 if one has everything. */
export function giniOf(shares: readonly number[]): number {
  const sorted = shares.toSorted((one, other) => one - other);
  const total = sorted.reduce((sum, each) => sum + each, 0);
  if (total === 0) return 0;
  const weighed = sorted.reduce((sum, each, rank) => sum + each * (rank + 1), 0);
  return (2 * weighed) / (sorted.length * total) - (sorted.length + 1) / sorted.length;
}

import { greatCircleKm, type Position } from '../../src/places/position.ts';
import type { Draws } from './draws.ts';
import { parameters } from './parameters.ts';
import { somewhere, type Locality } from './peopled-places.ts';

/** A truck that a customer wants. */
export interface PlannedTruck {
  readonly kind: string;
  readonly loadingSeconds: number;
  readonly unloadingSeconds: number;
}

/** What a customer will want, and when. */
export interface PlannedOrder {
  readonly index: number;
  readonly id: string;
  /** In seconds of the day. */
  readonly atSeconds: number;
  readonly pickup: Position;
  readonly drop: Position;
  readonly trucks: readonly PlannedTruck[];
  /** What the customer pays, as a multiple of the quote. */
  readonly price: number;
  /** So many seconds after placing it, the customer cancels an order of which no truck is held or assigned. */
  readonly patienceSeconds: number;
}

const hour = 3600;
const minute = 60;
/** A shorter way is walked. */
const leastKm = 2;

export function planOrders(localities: readonly Locality[], draws: Draws): readonly PlannedOrder[] {
  const { orders, demandByHour, orderHours } = parameters.day;
  const usual = demandByHour.reduce<number>((sum, share) => sum + share, 0);
  const planned = demandByHour.flatMap((share, index) => {
    const count = Math.round((orders * share) / usual);
    return Array.from({ length: count }, (_, each) =>
      planOrder((orderHours.from + index) * hour, localities, draws, index, each),
    );
  });
  return planned
    .toSorted((one, other) => one.atSeconds - other.atSeconds)
    .map((order, index) => ({ ...order, index, id: `order-${String(index).padStart(4, '0')}` }));
}

function planOrder(
  fromSeconds: number,
  localities: readonly Locality[],
  draws: Draws,
  ...key: readonly number[]
): Omit<PlannedOrder, 'index' | 'id'> {
  const { takesQuote, otherPrice } = parameters.orders;
  const pickup = somewhere(localities, 'pickup', draws, ...key, 1);
  return {
    atSeconds: fromSeconds + draws.share(...key, 2) * hour,
    pickup,
    drop: dropFor(pickup, localities, draws, ...key, 3),
    trucks: trucksOf(draws, ...key, 4),
    price:
      draws.share(...key, 5) < takesQuote
        ? 1
        : draws.between(otherPrice.least, otherPrice.most, ...key, 6),
    patienceSeconds: draws.around(parameters.customers.patience, ...key, 7),
  };
}

function dropFor(
  pickup: Position,
  localities: readonly Locality[],
  draws: Draws,
  ...key: readonly number[]
): Position {
  for (let tries = 0; ; tries += 1) {
    const drop = somewhere(localities, 'drop', draws, ...key, tries);
    if (greatCircleKm(pickup, drop) >= leastKm || tries > 20) return drop;
  }
}

function trucksOf(draws: Draws, ...key: readonly number[]): readonly PlannedTruck[] {
  const { trucks: sizes, twoKinds, loading, unloading } = parameters.orders;
  const { trucks } = draws.pickWeighted(sizes, ...key, 1);
  const first = draws.pickWeighted(parameters.fleets.kinds, ...key, 2).key;
  const second =
    draws.share(...key, 3) < twoKinds
      ? draws.pickWeighted(parameters.fleets.kinds, ...key, 4).key
      : first;
  return Array.from({ length: trucks }, (_, each) => ({
    kind: each === trucks - 1 ? second : first,
    loadingSeconds: draws.around(loading, ...key, 5, each) * minute,
    unloadingSeconds: draws.around(unloading, ...key, 6, each) * minute,
  }));
}

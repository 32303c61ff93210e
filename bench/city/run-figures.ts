import { median } from '../benchmark.ts';

/** What a run came to, in the stage or in the simulator: by the same words as docs/dispatch-quality.md. */
export interface RunFigures {
  /** Of the trucks that customers wanted, the share that came to the pickup. */
  readonly filled: number;
  /** Seconds until the first hold: the median of all orders. One without a hold counts with the time that it waited. */
  readonly firstHold: number;
  /** The share of orders that got a hold. */
  readonly held: number;
  /** Offers per order. */
  readonly offers: number;
  /** Of the trucks that customers wanted, the share of which nobody had a crew. */
  readonly uncrewed: number;
}

/** What became of one order. */
export interface OrderOutcome {
  readonly trucks: number;
  readonly came: number;
  /** Of its trucks, how many had a vehicle and a driver at some time. */
  readonly crewed: number;
  readonly offers: number;
  /** In seconds; null without a hold. */
  readonly firstHeldAfter: number | null;
  /** Until its search ended: filled, cancelled, or at the deadline. */
  readonly searchedFor: number;
}

export function figuresOfRun(orders: readonly OrderOutcome[]): RunFigures {
  const sum = (of: (order: OrderOutcome) => number) =>
    orders.reduce((total, order) => total + of(order), 0);
  const wanted = sum(({ trucks }) => trucks);
  return {
    filled: sum(({ came }) => came) / wanted,
    firstHold: median(orders.map((order) => order.firstHeldAfter ?? order.searchedFor)),
    held: sum(({ firstHeldAfter }) => (firstHeldAfter === null ? 0 : 1)) / orders.length,
    offers: sum(({ offers }) => offers) / orders.length,
    uncrewed: 1 - sum(({ crewed }) => crewed) / wanted,
  };
}

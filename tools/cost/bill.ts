import { fixedCostOf, grouped } from './fixed.ts';
import { habits as usual, timesOf, type Habits } from './journey.ts';
import { costOf, type Charge, type Price } from './prices.ts';
import { added, times } from './sums.ts';
import type { Resources } from './template-prices.ts';
import { chargesOf, standingCharges } from './usage-charges.ts';
import { partNames, type Measured, type PartName, type Usage } from './usage.ts';

export const daysPerMonth = 730 / 24;

/** Orders in a day for which the cost is computed. */
export const scales = [100, 10_000, 1_000_000] as const;
export type Scale = (typeof scales)[number];

export interface Line {
  readonly price: Price;
  readonly amount: number;
  readonly usd: number;
  readonly why: string;
}

/** The most expensive first. */
export interface Bill {
  readonly lines: readonly Line[];
  readonly usd: number;
}

function billOf(charges: readonly Charge[]): Bill {
  const lines = grouped(charges).map((each) => ({ ...each, usd: costOf(each.price, each.amount) }));
  const sorted = lines.toSorted((a, b) => b.usd - a.usd);
  return { lines: sorted, usd: sorted.reduce((sum, { usd }) => sum + usd, 0) };
}

export interface Costing {
  readonly resources: Resources;
  readonly measured: Measured;
  readonly habits?: Habits;
}

/** A month in which nobody orders. */
export function idleBill({ resources, measured }: Costing): Bill {
  const { charges, scheduledRuns } = fixedCostOf(resources);
  const swept = measured.parts.reconcile;
  return billOf([...charges, ...chargesOf(swept, scheduledRuns, resources)]);
}

/** What one order uses, all its parts together. */
export function usageOfOrder({ measured, habits = usual }: Costing): Usage {
  return orderParts.map((name) => times(measured.parts[name], timesOf(habits)[name])).reduce(added);
}

export type OrderPart = Exclude<PartName, 'reconcile'>;
export const orderParts = partNames.filter((name): name is OrderPart => name !== 'reconcile');

/** A month with so many orders each day. */
export function monthlyBill(costing: Costing, ordersPerDay: number): Bill {
  const { resources, measured, habits = usual } = costing;
  const orders = ordersPerDay * daysPerMonth;
  const usage = usageOfOrder(costing);
  const { charges, scheduledRuns } = fixedCostOf(resources);
  return billOf([
    ...charges,
    ...chargesOf(measured.parts.reconcile, scheduledRuns, resources),
    ...chargesOf(usage, orders, resources),
    ...standingCharges({ usage, habits, orders }, resources),
  ]);
}

/** The cost of 1,000 orders at each scale. */
export function perThousand(costing: Costing): Readonly<Record<Scale, number>> {
  const of = (scale: Scale) => inThousands(monthlyBill(costing, scale).usd, scale);
  return { 100: of(100), 10_000: of(10_000), 1_000_000: of(1_000_000) };
}

/** Of a month's cost, what falls to 1,000 orders. */
export function inThousands(usd: number, ordersPerDay: number): number {
  return (usd / (ordersPerDay * daysPerMonth)) * 1000;
}

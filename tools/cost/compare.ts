import { orderParts, usageOfOrder, type Costing, type OrderPart } from './bill.ts';
import { habits, timesOf } from './journey.ts';
import { costOf } from './prices.ts';
import { times } from './sums.ts';
import { chargesOf, withoutEdge } from './usage-charges.ts';
import type { Measured, Parts, Usage } from './usage.ts';

/** How much more one run may seem to use than the middle of several: messages come in larger or smaller batches. */
const noise = { part: 0.1, order: 0.05 } as const;

/** A part whose share of an order's cost is smaller is not looked at by itself. */
const smallest = 0.002;

/**
 * A sentence for what costs more than it was measured to, by what was counted in one more run. The edge is left out: it
 * takes the same for each request, and a call more behind it would be lost in that.
 */
export function excessesOf(counted: Parts, costing: Costing): readonly string[] {
  const { measured } = costing;
  const resources = withoutEdge(costing.resources);
  const parts = { ...measured.parts };
  for (const name of orderParts) {
    const again = counted[name];
    if (again) parts[name] = withCountsOf(again, measured.parts[name]);
  }
  const now = { resources, measured: { ...measured, parts } };
  const usdOf = (usage: Usage) =>
    chargesOf(usage, 1, resources).reduce(
      (sum, { price, amount }) => sum + costOf(price, amount),
      0,
    );
  const whole = usdOf(usageOfOrder({ resources, measured }));
  const usdOfPart = (from: Measured, name: OrderPart) =>
    usdOf(times(from.parts[name], timesOf(habits)[name]));
  const excess = (what: string, is: number, was: number, allowed: number) =>
    is > was * (1 + allowed)
      ? [`${what}: ${((is / was - 1) * 100).toFixed(1)} % more than what was measured`]
      : [];
  return [
    ...excess('An order', usdOf(usageOfOrder(now)), whole, noise.order),
    ...orderParts
      .filter((name) => usdOfPart(now.measured, name) > whole * smallest)
      .flatMap((name) =>
        excess(
          `The part ${name}`,
          usdOfPart(now.measured, name),
          usdOfPart(measured, name),
          noise.part,
        ),
      ),
  ];
}

/**
 * What a quick run cannot tell stays as it was measured: durations on a busy machine, PostgreSQL's count of its
 * transactions, and its log.
 */
function withCountsOf(counted: Usage, measured: Usage): Usage {
  const { milliseconds, transactions, walBytes } = measured;
  return { ...counted, milliseconds, transactions, walBytes };
}

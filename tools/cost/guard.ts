import * as z from 'zod';
import { scales, type Scale } from './bill.ts';

/** What 1,000 orders may cost, in USD, by the orders in a day. */
export const Accepted = z.strictObject({
  per1000Orders: z.strictObject({
    100: z.number(),
    10000: z.number(),
    1000000: z.number(),
  }),
});
export type Accepted = z.output<typeof Accepted>;

/** By how much the cost may differ from what was accepted. */
export const tolerance = 0.05;

/** A sentence for each scale at which the cost is not what was accepted. */
export function objectionsTo(
  computed: Readonly<Record<Scale, number>>,
  { per1000Orders }: Accepted,
): readonly string[] {
  return scales.flatMap((scale) => {
    const [now, accepted] = [computed[scale], per1000Orders[scale]];
    const change = now / accepted - 1;
    if (Math.abs(change) <= tolerance) return [];
    const percent = `${Math.abs(change * 100).toFixed(1)} %`;
    const direction = change > 0 ? 'more' : 'less';
    return [
      `At ${scale} orders a day, 1,000 of them cost ${now.toFixed(2)} USD, ${percent} ${direction} than the accepted ${accepted.toFixed(2)}. If that is meant, accept it in the same commit: npm run cost -- --accept`,
    ];
  });
}

import type { FigureName } from '../../city/simulator/figures.ts';
import type { Interval } from './intervals.ts';

interface FigureText {
  readonly name: FigureName;
  readonly title: string;
  /** What is good: more of it, or less. */
  readonly better: 'more' | 'less';
  readonly scale: number;
  readonly digits: number;
}

/** What is compared, in the sequence of the tables. */
export const compared: readonly FigureText[] = [
  { name: 'filled', title: 'trucks filled, %', better: 'more', scale: 100, digits: 1 },
  { name: 'firstHold', title: 'first hold, s', better: 'less', scale: 1, digits: 1 },
  { name: 'fill', title: 'all assigned, s', better: 'less', scale: 1, digits: 1 },
  { name: 'offers', title: 'offers per truck', better: 'less', scale: 1, digits: 1 },
  { name: 'pickupKm', title: 'km to the pickup', better: 'less', scale: 1, digits: 2 },
  { name: 'gaveUp', title: 'drivers who give up, %', better: 'less', scale: 100, digits: 1 },
  { name: 'cancelled', title: 'customers who cancel, %', better: 'less', scale: 100, digits: 1 },
  { name: 'gini', title: 'Gini of owners', better: 'less', scale: 1, digits: 3 },
];

export const losses = [
  { name: 'notTaken', title: 'nobody ever held it' },
  { name: 'lostByLapse', title: 'held, and the hold lapsed or was given back' },
  { name: 'lostByDriver', title: 'the driver declined or said nothing' },
  { name: 'lostOnTheWay', title: 'the driver gave up on the way' },
] as const;

/** Without a minus before nothing. */
export const written = (value: number, digits: number) =>
  value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');

export function meanText({ mean, half }: Interval, { scale, digits }: Scaled): string {
  return `${written(mean * scale, digits)} ± ${written(half * scale, digits)}`;
}

export type Scaled = Pick<FigureText, 'scale' | 'digits'>;

/** A difference, with its sign. In bold, if the interval is all on one side. */
export function differenceText(interval: Interval, { scale, digits }: Scaled): string {
  const { mean, half } = interval;
  const sign = mean > 0 ? '+' : '';
  const text = `${sign}${written(mean * scale, digits)} ± ${written(half * scale, digits)}`;
  return Math.abs(mean) > half ? `**${text}**` : text;
}

export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

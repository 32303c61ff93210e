import type { Line } from './bill.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const money = (usd: number) => (usd !== 0 && usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2));
export const amountOf = ({ amount, price }: Pick<Line, 'amount' | 'price'>) => [
  count(round(amount)),
  price.unit,
];
export const round = (value: number) => Number(value.toPrecision(3));
export const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 5 });

/** Without an exponent, and without zeros at the end. */
export const plain = (value: number) => value.toFixed(12).replace(/\.?0+$/, '');

export const upToText = (upTo: number) => (upTo === Infinity ? '' : ` up to ${count(upTo)}`);

import type { Check } from './check.ts';
import { checkHeard } from './check-heard.ts';
import type { Heard } from './heard.ts';
import type { LogReader } from './log-reader.ts';
import type { Sql } from './sql.ts';
import { checkStored } from './stored/stored.ts';

/** P1 to P12, by their numbers: what is stored, and what each client has heard of it. */
export async function checksOf(
  sql: Sql,
  heard: readonly Heard[],
  { failedEvents, unansweredPosts }: Pick<LogReader, 'failedEvents' | 'unansweredPosts'>,
  heardUntil: number,
): Promise<readonly Check[]> {
  const checks = [
    ...(await checkStored(sql)),
    ...(await checkHeard(sql, heard, { failedEvents, unansweredPosts, heardUntil })),
  ];
  return checks.toSorted((one, other) => numberOf(one) - numberOf(other));
}

const numberOf = ({ name }: Pick<Check, 'name'>): number =>
  Number(/^P(\d+)/.exec(name)?.[1] ?? Number.NaN);

const promised = Array.from({ length: 12 }, (_, index) => index + 1);

/** A promise of which no check has looked at anything. */
export const promisesWithoutProof = (checks: readonly Check[]): readonly string[] =>
  promised
    .filter((each) => !checks.some((check) => numberOf(check) === each && check.checked > 0))
    .map((each) => `P${each}`);

export const emptyOf = (checks: readonly Check[]): readonly string[] => [
  ...promisesWithoutProof(checks),
  ...checks.filter(({ checked }) => checked === 0).map(({ name }) => name),
];

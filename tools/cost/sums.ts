import { median } from '../../bench/benchmark.ts';
import type { Usage } from './usage.ts';

type Table = Readonly<Record<string, number>>;

/** Makes one usage of several, number by number. What a usage lacks is 0 there. */
function merged(usages: readonly Usage[], how: (numbers: readonly number[]) => number): Usage {
  const of = (pick: (usage: Usage) => number) => how(usages.map(pick));
  const table = (pick: (usage: Usage) => Table) => {
    const names = [...new Set(usages.flatMap((each) => Object.keys(pick(each))))].toSorted();
    return Object.fromEntries(names.map((name) => [name, of((each) => pick(each)[name] ?? 0)]));
  };
  return {
    requests: of((each) => each.requests),
    answerBytes: of((each) => each.answerBytes),
    posts: of((each) => each.posts),
    invocations: table((each) => each.invocations),
    milliseconds: table((each) => each.milliseconds),
    dynamoCalls: table((each) => each.dynamoCalls),
    dynamoReads: of((each) => each.dynamoReads),
    dynamoWrites: of((each) => each.dynamoWrites),
    queueRequests: of((each) => each.queueRequests),
    queueBytes: of((each) => each.queueBytes),
    domainEvents: of((each) => each.domainEvents),
    sms: of((each) => each.sms),
    pushes: of((each) => each.pushes),
    secretReads: of((each) => each.secretReads),
    redisCommands: of((each) => each.redisCommands),
    transactions: of((each) => each.transactions),
    walBytes: of((each) => each.walBytes),
    logBytes: of((each) => each.logBytes),
    logLines: of((each) => each.logLines),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Of two pieces of work together. Durations are averaged by how often each function ran. */
export function added(one: Usage, other: Usage): Usage {
  const both = merged([one, other], sum);
  const spent = (usage: Usage, name: string) =>
    (usage.invocations[name] ?? 0) * (usage.milliseconds[name] ?? 0);
  const milliseconds = Object.fromEntries(
    Object.entries(both.invocations).map(([name, times]) => [
      name,
      (spent(one, name) + spent(other, name)) / times,
    ]),
  );
  return { ...both, milliseconds };
}

/** Of one run out of several. What a single invocation took stays as it is. */
export function divided(usage: Usage, times: number): Usage {
  const { milliseconds, ...counts } = usage;
  return { ...merged([{ ...counts, milliseconds }], ([all = 0]) => all / times), milliseconds };
}

/** Of so many runs. */
export function times(usage: Usage, count: number): Usage {
  return divided(usage, 1 / count);
}

/** The middle of several measurements, but the shortest durations: a busy machine only adds to them. */
export function middleOf(usages: readonly Usage[]): Usage {
  const middle = merged(usages, median);
  const shortest = (name: string) =>
    Math.min(...usages.flatMap((each) => each.milliseconds[name] ?? []));
  const names = Object.keys(middle.milliseconds);
  return { ...middle, milliseconds: Object.fromEntries(names.map((n) => [n, shortest(n)])) };
}

/** Steps up to which a duration is rounded: they are wide enough for a noisy machine. */
const steps = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000];

/** Counts to two digits, durations up to the next step. */
export function rounded(usage: Usage): Usage {
  const counts = merged([usage], ([count = 0]) => Number(count.toPrecision(2)));
  const milliseconds = Object.fromEntries(
    Object.entries(usage.milliseconds).map(([name, took]) => [
      name,
      steps.find((step) => took <= step) ?? took,
    ]),
  );
  return { ...counts, milliseconds };
}

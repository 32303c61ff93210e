import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  again,
  base,
  otherAnswers,
  outcomesOf,
  sweep,
  type Experiment,
} from '../../bench/dispatch-quality/experiments.ts';
import { sideBySide, whereOursLoses } from '../../bench/dispatch-quality/comparisons.ts';
import { differenceText, written } from '../../bench/dispatch-quality/figure-texts.ts';
import { hashOfInputs } from '../../bench/dispatch-quality/inputs-hash.ts';
import { intervalOf, sideOf, studentsT } from '../../bench/dispatch-quality/intervals.ts';
import { inWorkers, oneByOne } from '../../bench/dispatch-quality/many-days.ts';
import { daysThatDiffer, figuresThatDiffer } from '../../bench/dispatch-quality/same-twice.ts';

/** The bench in short: fewer days, and the policies that the claims are about. */
const seeds = 4;
const short: Experiment = { ...base, policies: ['ours', 'exclusive', 'everybody', 'lottery'] };

describe('on a few days of the usual city', async () => {
  const days = { ...base, policies: ['ours'] };
  const outcomeOf = await outcomesOf([short, days, again, otherAnswers], seeds, oneByOne);
  const usual = outcomeOf(short);
  const meanOf = (policy: string, name: Parameters<typeof usual.mean>[1]) =>
    usual.mean(policy, name).mean;

  test('a customer waits a third less for the first hold than if the nearest one was asked alone', () => {
    expect(meanOf('ours', 'firstHold')).toBeLessThan(0.7 * meanOf('exclusive', 'firstHold'));
    expect(meanOf('ours', 'filled')).toBeGreaterThan(meanOf('exclusive', 'filled'));
  });

  test('a filled truck takes half as many offers as if everybody was asked', () => {
    expect(meanOf('ours', 'offers')).toBeLessThan(0.5 * meanOf('everybody', 'offers'));
    expect(meanOf('ours', 'pickupKm')).toBeLessThan(meanOf('everybody', 'pickupKm'));
  });

  test('owners win almost as evenly as by lot', () => {
    expect(meanOf('ours', 'gini')).toBeLessThan(meanOf('lottery', 'gini') + 0.05);
  });

  test('the same again differs in nothing, and other answers in nothing that the intervals carry', () => {
    expect(daysThatDiffer(outcomeOf(days), outcomeOf(again))).toBe(0);
    expect(daysThatDiffer(outcomeOf(days), outcomeOf(otherAnswers))).toBe(seeds);
    expect(figuresThatDiffer(outcomeOf(days), outcomeOf(otherAnswers))).toEqual([]);
  });

  test('where another policy is better is told', () => {
    const told = whereOursLoses([usual]);
    expect(told).toContain('| offers per truck | nearest one alone, 30 s, for 5 min | as usual |');
    expect(told).toContain('| first hold, s | everybody at once | as usual |');
    expect(told).not.toContain('| trucks filled, % | nearest one alone');
  });
});

test("the optimum's trucks: most of them are filled", async () => {
  const outcomeOf = await outcomesOf([base], 1, oneByOne);
  const { mean } = outcomeOf(base).ofOptimum('ours');
  expect(mean).toBeGreaterThan(0.83);
  expect(mean).toBeLessThanOrEqual(1);
});

test('however many workers live through the days, the table is the same', async () => {
  const [few = base] = sweep;
  const experiment = { ...few, supply: 0.1, policies: ['ours', 'lottery'] };
  const tableBy = async (liveMany: typeof oneByOne) =>
    sideBySide((await outcomesOf([experiment], 3, liveMany))(experiment));
  const [one, two, none] = await Promise.all([
    tableBy(inWorkers(1)),
    tableBy(inWorkers(2)),
    tableBy(oneByOne),
  ]);
  expect(one).toBe(two);
  expect(one).toBe(none);
  expect(one).toContain('| Weelo | ');
});

test('docs/dispatch-quality.md is of these inputs: npm run bench dispatch-quality writes it', async () => {
  const page = await readFile('docs/dispatch-quality.md', 'utf8');
  expect(/^Inputs: `([0-9a-f]{64})`$/m.exec(page)?.[1]).toBe(await hashOfInputs());
});

describe('an interval', () => {
  test("is as wide as Student's tables say", () => {
    expect(studentsT(29, 0.95)).toBeCloseTo(2.0452, 3);
    expect(studentsT(5, 0.95)).toBeCloseTo(2.5706, 3);
    expect(studentsT(1, 0.95)).toBeCloseTo(12.706, 2);
    expect(studentsT(29, 0.99)).toBeCloseTo(2.7564, 3);
    const { mean, half } = intervalOf([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(half).toBeCloseTo(3.1824 * 0.6455, 3);
  });

  test('is on a side of nothing, or on none', () => {
    expect([1, -1, 0.5].map((mean) => sideOf({ mean, half: 0.6 }))).toEqual([1, -1, 0]);
    expect(sideOf({ mean: 0, half: 0 })).toBe(0);
    expect(sideOf({ mean: 1, half: Infinity })).toBe(0);
  });

  test('is written without a minus before nothing, and in bold where it says something', () => {
    expect([-0.04, 0, -0.06, 12.25].map((value) => written(value, 1))).toEqual([
      '0.0',
      '0.0',
      '-0.1',
      '12.3',
    ]);
    const shares = { scale: 100, digits: 1 };
    expect(differenceText({ mean: 0.02, half: 0.01 }, shares)).toBe('**+2.0 ± 1.0**');
    expect(differenceText({ mean: -0.02, half: 0.03 }, shares)).toBe('-2.0 ± 3.0');
  });
});

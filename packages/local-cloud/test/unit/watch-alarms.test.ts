import { describe, expect, test } from 'vitest';
import type { CloudValues } from '../../src/template/cloud-values.ts';
import { Alarms } from '../../src/watch/alarms.ts';
import { Metrics } from '../../src/watch/metrics.ts';

const MINUTE = 60_000;

/** Alarms with these properties beside the usual ones, over metrics of one namespace. */
function watched(...all: readonly object[]) {
  const metrics = new Metrics();
  const alarms = new Alarms(metrics);
  const read = (resources: readonly object[]) =>
    alarms.read(
      {
        resources: () => resources.map((_, index) => ({ path: `app/Alarm${index}`, index })),
        properties: ({ index }: { index: number }) => ({ ...usual, ...resources[index] }),
        refOf: ({ index }: { index: number }) => `alarm-${index}`,
      } as unknown as CloudValues,
      0,
    );
  read(all);
  return {
    read,
    alarms,
    report: (minute: number, values: Record<string, number>, namespace = 'Shop') =>
      metrics.report({
        namespace,
        dimensionSets: [{ shop: 'one' }],
        values,
        at: minute * MINUTE,
      }),
    at: (minute: number) => {
      alarms.evaluate(minute * MINUTE);
      return alarms.states.map(({ state }) => state);
    },
  };
}

const dimensions = [{ Name: 'shop', Value: 'one' }];
const usual = {
  Namespace: 'Shop',
  MetricName: 'Broken',
  Dimensions: dimensions,
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 3,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: ['arn:topic'],
};

describe('an alarm', () => {
  test('begins without data, rings from its threshold on, tells its topics once, and recovers', () => {
    const { alarms, report, at } = watched({});
    expect(alarms.states).toMatchObject([{ state: 'INSUFFICIENT_DATA', name: 'alarm-0' }]);
    report(0, { Broken: 2 });
    expect(at(1)).toEqual(['OK']);
    report(1, { Broken: 2 });
    report(1, { Broken: 1 });
    expect(at(2)).toEqual(['ALARM']);
    report(2, { Broken: 3 });
    expect(at(3)).toEqual(['ALARM']);
    expect(alarms.messages).toMatchObject([
      { name: 'alarm-0', state: 'ALARM', since: 2 * MINUTE, topics: ['arn:topic'] },
    ]);
    report(3, { Broken: 0 });
    expect(at(4)).toEqual(['OK']);
    expect(alarms.messages).toHaveLength(1);
  });

  test.each([
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ])('compares by %s: of 2, 3 and 4 with 3', (ComparisonOperator, expected) => {
    const states = [2, 3, 4].map((value) => {
      const { report, at } = watched({ ComparisonOperator });
      report(0, { Broken: value });
      return at(1)[0];
    });
    expect(states).toEqual(expected);
  });

  test('takes the minutes of a period together, whichever minute it ends at', () => {
    const { report, at } = watched({ Period: 300 });
    for (const minute of [1, 3, 6]) report(minute, { Broken: 1 });
    expect(at(6)).toEqual(['OK']);
    expect(at(7)).toEqual(['OK']);
    report(7, { Broken: 1 });
    expect(at(8)).toEqual(['ALARM']);
  });

  test('wants so many bad periods of so many', () => {
    const { report, at } = watched({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    report(0, { Broken: 3 });
    report(1, { Broken: 0 });
    expect(at(2)).toEqual(['OK']);
    report(2, { Broken: 3 });
    expect(at(3)).toEqual(['ALARM']);
  });

  test('that falls silent tells whom it tells of that', () => {
    const silent = { TreatMissingData: 'missing', InsufficientDataActions: ['arn:silence'] };
    const { alarms, report, at } = watched(silent);
    expect(at(1)).toEqual(['INSUFFICIENT_DATA']);
    expect(alarms.messages).toEqual([]);
    report(1, { Broken: 0 });
    expect(at(2)).toEqual(['OK']);
    expect(at(5)).toEqual(['INSUFFICIENT_DATA']);
    expect(alarms.messages).toMatchObject([{ topics: ['arn:silence'] }]);
  });

  test('whose actions are switched off tells nobody', () => {
    const { alarms, report, at } = watched({ ActionsEnabled: false });
    report(0, { Broken: 3 });
    expect(at(1)).toEqual(['ALARM']);
    expect(alarms.messages).toEqual([]);
  });

  test("on a metric of DynamoDB's ignores what is missing, whatever it says", () => {
    const { report, at } = watched({ Namespace: 'AWS/DynamoDB' });
    report(0, { Broken: 3 }, 'AWS/DynamoDB');
    expect(at(1)).toEqual(['ALARM']);
    expect(at(30)).toEqual(['ALARM']);
    report(30, { Broken: 0 }, 'AWS/DynamoDB');
    expect(at(31)).toEqual(['OK']);
  });

  test('is reckoned from several metrics', () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'Shop', MetricName, Dimensions: dimensions },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const { report, at } = watched({
      Metrics: [
        { Id: 'share', Expression: 'IF(all >= 20, 100 * broken / all, 0)' },
        { Id: 'all', Expression: 'SUM([whole, FILL(broken, 0)])', ReturnData: false },
        metric('whole', 'Whole'),
        metric('broken', 'Broken'),
      ],
      Threshold: 25,
    });
    report(0, { Whole: 9, Broken: 10 });
    expect(at(1)).toEqual(['OK']);
    report(1, { Whole: 15, Broken: 5 });
    expect(at(2)).toEqual(['ALARM']);
    report(2, { Whole: 16, Broken: 5 });
    expect(at(3)).toEqual(['OK']);
  });

  test('that a second template has, too, keeps its state; a new one has none yet', () => {
    const { read, alarms, report, at } = watched({});
    report(0, { Broken: 3 });
    at(1);
    read([{ Threshold: 2 }, {}]);
    expect(alarms.states.map(({ state }) => state)).toEqual(['ALARM', 'INSUFFICIENT_DATA']);
  });
});

describe('what cannot be watched is refused in a sentence:', () => {
  const metric = (Id: string, Period: number) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Shop', MetricName: Id }, Period, Stat: 'Sum' },
  });

  test.each<[string, object, string]>([
    ['a statistic', { Statistic: 'TM(2%:98%)' }, 'percentiles are known here'],
    ['ten seconds', { Period: 10 }, 'multiple of 60'],
    ['no metric', { MetricName: undefined }, 'names no metric, statistic and period'],
    ['anomalies', { Threshold: undefined, ThresholdMetricId: 'a' }, 'alarms with a threshold'],
    ['its operator', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'LessThanThreshold'],
    [
      'two periods',
      { Metrics: [metric('a', 60), metric('b', 120), { Id: 'c', Expression: 'a + b' }] },
      'one period',
    ],
    [
      'two values',
      {
        Metrics: [{ ...metric('a', 60), ReturnData: true }, metric('b', 60)].map((each) => ({
          ...each,
          ReturnData: true,
        })),
      },
      'return one value',
    ],
    ['an id of nothing', { Metrics: [metric('a', 60), { Id: 'c', Expression: 'b' }] }, 'no b'],
    ['a circle', { Metrics: [metric('a', 60), { Id: 'c', Expression: 'c + a' }] }, 'no c'],
    [
      'a function',
      { Metrics: [metric('a', 60), { Id: 'c', Expression: 'RATE(a)' }] },
      'has RATE()',
    ],
  ])('%s', (_, properties, sentence) => {
    expect(() => watched(properties)).toThrow(sentence);
  });
});

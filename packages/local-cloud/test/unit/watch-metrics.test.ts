import { describe, expect, test } from 'vitest';
import { Clock } from '../../src/watch/clock.ts';
import { embeddedMetrics } from '../../src/watch/embedded-metrics.ts';
import { type MetricId, Metrics, type Reported } from '../../src/watch/metrics.ts';
import { serviceMetrics } from '../../src/watch/service-metrics.ts';

const MINUTE = 60_000;

const sold: MetricId = { namespace: 'Shop', name: 'Sold', dimensions: { shop: 'one', till: '2' } };

describe('metrics', () => {
  const metrics = new Metrics();
  const report = (value: number, minute: number, dimensions = sold.dimensions) =>
    metrics.report({
      namespace: 'Shop',
      dimensionSets: [dimensions],
      values: { Sold: value },
      at: minute * MINUTE + 59_999,
    });
  for (const value of [3, 5, 4]) report(value, 1);
  report(10, 2, { till: '2', shop: 'one' });
  report(1000, 1, { shop: 'one', till: '3' });

  test.each<[string, number, number, number | undefined]>([
    ['Sum', 1, 2, 12],
    ['Average', 1, 2, 4],
    ['Minimum', 1, 2, 3],
    ['Maximum', 1, 2, 5],
    ['SampleCount', 1, 2, 3],
    ['p50', 1, 2, 4],
    ['p99', 1, 2, 5],
    ['Sum', 1, 3, 22],
    ['Sum', 2, 3, 10],
    ['Sum', 3, 9, undefined],
  ])('%s of the minutes from %i to %i', (statistic, from, to, value) => {
    expect(metrics.statistic(sold, statistic, from * MINUTE, to * MINUTE)).toBe(value);
  });

  test('under fewer dimensions are other metrics: nothing is rolled up', () => {
    const fewer = { ...sold, dimensions: { shop: 'one' } };
    expect(metrics.statistic(fewer, 'Sum', 0, 10 * MINUTE)).toBeUndefined();
    expect(metrics.datapoints(fewer)).toEqual([]);
  });

  test('keep each minute for who looks at them', () => {
    expect(metrics.datapoints(sold)).toEqual([
      { at: MINUTE, sum: 12, sampleCount: 3, minimum: 3, maximum: 5 },
      { at: 2 * MINUTE, sum: 10, sampleCount: 1, minimum: 10, maximum: 10 },
    ]);
  });

  test('that are reported late count for the minute that they speak of', () => {
    const late = new Metrics();
    const id = { namespace: 'Shop', name: 'Sold', dimensions: {} };
    for (const [minute, value] of [
      [1, 3],
      [2, 10],
      [1, 3],
      [1, 7],
      [2, 20],
    ] as const) {
      late.report({
        namespace: 'Shop',
        dimensionSets: [{}],
        values: { Sold: value },
        at: minute * MINUTE,
      });
    }
    expect(late.datapoints(id)).toEqual([
      { at: MINUTE, sum: 13, sampleCount: 3, minimum: 3, maximum: 7 },
      { at: 2 * MINUTE, sum: 30, sampleCount: 2, minimum: 10, maximum: 20 },
    ]);
  });

  test('percentiles of many fractions are right to three digits', () => {
    const many = new Metrics();
    const values = { Took: Array.from({ length: 10_000 }, (_, index) => index / 7) };
    many.report({ namespace: 'Shop', dimensionSets: [{}], values, at: 0 });
    const p99 = many.statistic(
      { namespace: 'Shop', name: 'Took', dimensions: {} },
      'p99',
      0,
      MINUTE,
    );
    expect(p99).toBeGreaterThan(1400);
    expect(p99).toBeLessThan(1430);
  });
});

describe('a clock that is put forward', () => {
  test('keeps the distance between what was before and after, and never goes back', () => {
    let machine = 1000;
    const clock = new Clock(() => machine);
    expect(clock.now()).toBe(1000);
    machine = 2000;
    clock.moveTo(62_000);
    expect(clock.at(1500)).toBe(1500);
    machine = 3000;
    expect(clock.now()).toBe(63_000);
    clock.moveTo(10_000);
    expect(clock.now()).toBe(63_000);
    expect(clock.at(1500)).toBe(1500);
    expect(clock.at(2500)).toBe(62_500);
  });
});

describe('a log line', () => {
  const heard = (line: string) => {
    const reports: Reported[] = [];
    embeddedMetrics(
      (reported) => reports.push(reported),
      (timestamp) => timestamp + 7,
    )(line);
    return reports;
  };
  const directive = {
    Timestamp: 100,
    CloudWatchMetrics: [
      {
        Namespace: 'Shop',
        Dimensions: [['service'], ['service', 'shop'], []],
        Metrics: [{ Name: 'Sold', Unit: 'Count' }, { Name: 'Took' }, { Name: 'Absent' }],
      },
    ],
  };

  test('with embedded metrics reports them under each set of dimensions', () => {
    const line = { _aws: directive, service: 'till', shop: 'one', Sold: 2, Took: [1, 2.5] };
    expect(heard(JSON.stringify(line))).toEqual([
      {
        namespace: 'Shop',
        dimensionSets: [{ service: 'till' }, { service: 'till', shop: 'one' }, {}],
        values: { Sold: 2, Took: [1, 2.5] },
        at: 107,
      },
    ]);
  });

  test.each([
    'said in words',
    '{"message":"no metrics"}',
    '{"_aws":{"CloudWatchMetrics":1}}',
    '{"_aws":{"CloudWatchMetrics":[',
  ])('without them reports nothing: %s', (line) => {
    expect(heard(line)).toEqual([]);
  });
});

describe('services report of themselves', () => {
  const reportedBy = (happen: (of: ReturnType<typeof serviceMetrics>) => void) => {
    const reports: Reported[] = [];
    happen(
      serviceMetrics(
        (reported) => reports.push(reported),
        () => 5,
      ),
    );
    return reports;
  };

  test('Lambda under the function, and under the alias and its version where one was called', () => {
    const facts = { functionName: 'f', outcome: 'error', milliseconds: 12 } as const;
    const [plain, aliased] = reportedBy(({ invoked }) => {
      invoked({ ...facts, qualifier: undefined });
      invoked({ ...facts, qualifier: 'live', executedVersion: '3' });
    });
    expect(plain).toEqual({
      namespace: 'AWS/Lambda',
      dimensionSets: [{ FunctionName: 'f' }, { FunctionName: 'f', Resource: 'f' }, {}],
      values: { Invocations: 1, Errors: 1, Throttles: 0, Duration: 12 },
      at: 5,
    });
    expect(aliased?.dimensionSets).toEqual([
      { FunctionName: 'f' },
      { FunctionName: 'f', Resource: 'f:live' },
      { FunctionName: 'f', Resource: 'f:live', ExecutedVersion: '3' },
      {},
    ]);
  });

  test('Lambda counts what it throttled as no invocation', () => {
    const facts = { functionName: 'f', qualifier: undefined, milliseconds: undefined } as const;
    const [throttled] = reportedBy(({ invoked }) => invoked({ ...facts, outcome: 'throttled' }));
    expect(throttled?.values).toEqual({ Throttles: 1 });
  });

  test.each([
    [200, { '4xx': 0, '5xx': 0 }],
    [404, { '4xx': 1, '5xx': 0 }],
    [503, { '4xx': 0, '5xx': 1 }],
  ])('an HTTP API of an answer %i', (status, errors) => {
    const facts = { apiId: 'a', stage: '$default', status, milliseconds: 9 };
    expect(reportedBy(({ requested }) => requested(facts))).toEqual([
      {
        namespace: 'AWS/ApiGateway',
        dimensionSets: [{ ApiId: 'a' }, { ApiId: 'a', Stage: '$default' }],
        values: { Count: 1, Latency: 9, ...errors },
        at: 5,
      },
    ]);
  });

  test.each([
    ['connect', 'execution', { ConnectCount: 1, ExecutionError: 1 }],
    ['message', 'integration', { MessageCount: 1, IntegrationError: 1 }],
    ['message', 'client', { MessageCount: 1, ClientError: 1 }],
    ['disconnect', undefined, {}],
  ] as const)('a WebSocket API of a %s with the failure %s', (kind, failure, values) => {
    const none = { ClientError: 0, ExecutionError: 0, IntegrationError: 0 };
    const facts = { apiId: 'a', stage: 'ws', kind, failure };
    const [reported] = reportedBy(({ onSocket }) => onSocket(facts));
    expect(reported?.values).toEqual({ ...none, ...values });
  });
});

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { doneWith, Message, queueEvent } from '../../src/events/queue-event.ts';
import { nextRunOf } from '../../src/events/schedule-expression.ts';
import { Schedules, type SchedulesProps } from '../../src/events/schedules.ts';
import type { CloudValues } from '../../src/template/cloud-values.ts';
import { Clock } from '../../src/watch/clock.ts';

const next = (expression: string, after: string) =>
  new Date(nextRunOf(expression)(Date.parse(after))).toISOString();

describe('a schedule', () => {
  test.each([
    ['rate(2 minutes)', '2026-01-31T10:00:30.000Z', '2026-01-31T10:02:30.000Z'],
    ['rate(1 hour)', '2026-01-31T23:30:00.000Z', '2026-02-01T00:30:00.000Z'],
    ['rate(5 seconds)', '2026-01-31T10:00:00.000Z', '2026-01-31T10:00:05.000Z'],
    ['cron(0 18 * * ? *)', '2026-01-31T18:00:00.000Z', '2026-02-01T18:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-01-31T10:16:00.000Z', '2026-01-31T10:30:00.000Z'],
    ['cron(30 9 ? * MON-FRI *)', '2026-01-30T09:30:00.000Z', '2026-02-02T09:30:00.000Z'],
    ['cron(0 0 1 JAN,JUL ? *)', '2026-01-31T00:00:00.000Z', '2026-07-01T00:00:00.000Z'],
    ['cron(5 4 29 2 ? *)', '2026-01-01T00:00:00.000Z', '2028-02-29T04:05:00.000Z'],
  ])('%s after %s runs at %s', (expression, after, at) => {
    expect(next(expression, after)).toBe(at);
  });

  test('that has had its last run never runs again', () => {
    expect(nextRunOf('cron(0 0 1 1 ? 2020)')(Date.parse('2026-01-01'))).toBe(Infinity);
  });

  test.each(['every 2 minutes', 'rate(2 fortnights)', 'cron(0 0 L * ? *)', 'cron(61 * * * ? *)'])(
    '"%s" is refused',
    (expression) => {
      expect(() => nextRunOf(expression)).toThrow(/schedule|cron/);
    },
  );
});

describe('the clock', () => {
  /** Counts what a rule of this schedule invokes. */
  const runsOf = (ScheduleExpression: string) => {
    const values = {
      account: { accountId: '000000000000', region: 'ap-south-1' },
      resources: () => [{ path: 'app/Tick' }],
      properties: () => ({ ScheduleExpression, Targets: [{ Arn: 'arn:tick' }] }),
      arnOf: () => 'arn:rule',
      refOf: () => 'rule',
    } as unknown as CloudValues;
    const invoke = vi.fn<SchedulesProps['invoke']>(async () => ({ ok: true, payload: null }));
    const clock = new Clock();
    const schedules = new Schedules({
      values,
      invoke,
      now: () => clock.now(),
      onRun: () => undefined,
      onProblem: () => undefined,
    });
    schedules.start();
    onTestFinished(() => {
      schedules.stop();
      vi.useRealTimers();
      vi.restoreAllMocks();
    });
    return Object.assign(() => invoke.mock.calls.length, { schedules, clock });
  };

  test('fires a schedule by itself, again and again', async () => {
    const runs = runsOf('rate(1 second)');
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect(runs()).toBeGreaterThanOrEqual(2);
    expect(runs()).toBeLessThanOrEqual(3);
  });

  test('loses no run to a timer that is early', () => {
    vi.useFakeTimers();
    const now = Date.now;
    const start = now();
    vi.spyOn(Date, 'now').mockImplementation(() => start + Math.floor((now() - start) * 0.999));
    const runs = runsOf('rate(1 second)');
    vi.advanceTimersByTime(10_100);
    expect(runs()).toBe(10);
  });

  test('waits longer than one timer can', () => {
    vi.useFakeTimers();
    const runs = runsOf('rate(60 days)');
    vi.advanceTimersByTime(59 * 86_400_000);
    expect(runs()).toBe(0);
    vi.advanceTimersByTime(2 * 86_400_000);
    expect(runs()).toBe(1);
  });

  test('that is put forward brings what is due by then, once, and then what is due after it', () => {
    vi.useFakeTimers();
    const runs = runsOf('rate(2 minutes)');
    const passing = (ms: number) => {
      runs.clock.moveTo(runs.clock.now() + ms);
      runs.schedules.catchUp();
    };
    passing(119_000);
    expect(runs()).toBe(0);
    passing(2000);
    expect(runs()).toBe(1);
    runs.schedules.catchUp();
    expect(runs()).toBe(1);
    // The next is due two minutes after the first was, however late that came.
    vi.advanceTimersByTime(118_000);
    expect(runs()).toBe(1);
    vi.advanceTimersByTime(2000);
    expect(runs()).toBe(2);
  });
});

const message = (id: string) =>
  Message.parse({
    MessageId: id,
    ReceiptHandle: `handle ${id}`,
    Body: 'a body',
    MD5OfBody: 'md5',
    Attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1', SenderId: 's' },
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'wave' } },
  });

test('messages reach a function as Lambda sends them', () => {
  const { Records } = queueEvent([message('a')], { arn: 'arn:queue', region: 'ap-south-1' });
  expect(Records).toEqual([
    {
      messageId: 'a',
      receiptHandle: 'handle a',
      body: 'a body',
      attributes: {
        ApproximateReceiveCount: '2',
        SentTimestamp: '1',
        SenderId: 's',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {
        kind: {
          stringValue: 'wave',
          stringListValues: [],
          binaryListValues: [],
          dataType: 'String',
        },
      },
      md5OfBody: 'md5',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:queue',
      awsRegion: 'ap-south-1',
    },
  ]);
});

describe('a batch is done with', () => {
  const batch = [message('a'), message('b'), message('c')];
  const failed = (...ids: unknown[]) => ({
    batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
  });

  test.each<[string, unknown, string[]]>([
    ['whole, when no failure is told', failed(), ['a', 'b', 'c']],
    ['whole, when nothing is told', null, ['a', 'b', 'c']],
    ['whole, when the list is null', { batchItemFailures: null }, ['a', 'b', 'c']],
    ['but for what failed', failed('b'), ['a', 'c']],
    ['not at all, when a failure has no id', failed(''), []],
    ['not at all, when a failure was not in it', failed('z'), []],
    ['not at all, when the answer cannot be read', { batchItemFailures: 'b' }, []],
  ])('%s', (_, answer, done) => {
    expect(doneWith(batch, answer).map(({ MessageId }) => MessageId)).toEqual(done);
  });
});

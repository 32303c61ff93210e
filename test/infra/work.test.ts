import { describe, expect, test } from 'vitest';
import { synthesized } from './synth.ts';

const dev = synthesized('dev');

describe.each([
  ['Dispatch', 'dispatch'],
  ['Notify', 'notify'],
] as const)('the %s queue', (queue, worker) => {
  test('hides a message for six time-outs of its worker, and gives up into a queue of 14 days', () => {
    const { Properties } = dev.one('AWS::SQS::Queue', `${queue}/Queue`);
    expect(Properties).toMatchObject({
      VisibilityTimeout: 30,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    expect(JSON.stringify(Properties['RedrivePolicy'])).toContain(`${queue}DeadLetters`);
    expect(dev.one('AWS::SQS::Queue', `${queue}/DeadLetters`).Properties).toMatchObject({
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    });
  });

  test('refuses plain HTTP, and so does its dead-letter queue', () => {
    for (const each of [`${queue}/Queue/Policy`, `${queue}/DeadLetters/Policy`]) {
      expect(dev.one('AWS::SQS::QueuePolicy', each).Properties).toMatchObject({
        PolicyDocument: {
          Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
        },
      });
    }
  });

  test('is processed in batches, and part of a batch may fail', () => {
    const { Properties } = dev.one('AWS::Lambda::EventSourceMapping', `Functions/${worker}/`);
    expect(Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(dev.say(Properties['EventSourceArn'])).toBe(`<${queue}/Queue>`);
  });

  test.each([
    ['dev', 2],
    ['prod', 50],
    ['local', 50],
  ])('is worked off in %s by at most %i environments at a time', (stage, most) => {
    const mapping = synthesized(stage).one(
      'AWS::Lambda::EventSourceMapping',
      `Functions/${worker}/`,
    );
    expect(mapping.Properties['ScalingConfig']).toEqual({ MaximumConcurrency: most });
  });
});

test('reconcile runs every two minutes, and a run that failed is left to the next', () => {
  const [rule, ...more] = dev.ofType('AWS::Events::Rule');
  expect(more).toEqual([]);
  expect(rule?.Properties).toMatchObject({
    ScheduleExpression: 'rate(2 minutes)',
    State: 'ENABLED',
    Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 120 } }],
  });
  expect(JSON.stringify(rule?.Properties['Targets'])).toContain('FunctionsreconcileFunction');
  const invoke = dev.one('AWS::Lambda::EventInvokeConfig', 'Functions/reconcile/');
  expect(invoke.Properties).toMatchObject({ MaximumRetryAttempts: 0 });
  const allowed = dev
    .ofType('AWS::Lambda::Permission')
    .filter((each) => each.Properties['Principal'] === 'events.amazonaws.com');
  expect(allowed.map((each) => dev.say(each.Properties['FunctionName']))).toEqual([
    '<Functions/reconcile/Function/Live>',
  ]);
});

test('nothing triggers operate', () => {
  const triggers = ['Permission', 'EventSourceMapping', 'EventInvokeConfig', 'Url'].flatMap(
    (type) => dev.ofType(`AWS::Lambda::${type}`),
  );
  const triggered = triggers.map((each) => dev.say(each.Properties['FunctionName']));
  expect(triggered).not.toEqual([]);
  expect(triggered).not.toContain('<Functions/operate/Function>');
});

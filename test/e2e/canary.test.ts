import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { callApiAt, type CallApi } from '../../src/canary/call-api.ts';
import { walk, type StepName } from '../../src/canary/walk.ts';
import { rateLimitsVariable } from '../../src/contract/environment.ts';
import { functionNames } from '../../src/contract/functions.ts';
import { getOrder } from '../../src/contract/http/orders/routes.ts';
import { walkers } from '../../src/contract/test-numbers.ts';
import { takeTestCodeFrom } from '../../src/messaging/sms/test-codes.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';

let cloud: WeeloCloud;
beforeAll(async () => {
  // So that one walk may follow right on another.
  const variables = { [rateLimitsVariable]: 'off' };
  cloud = await startWeeloCloud(() => undefined, { variables });
});
afterEach(() => cloud.faults.clear());
afterAll(() => cloud.stop());

/** What is reported of each walk, and the step at which one broke off. */
const walked = () => emf('canary').map((line) => line['CanaryWalked']);
const brokenAt = () =>
  parsed('canary')
    .filter((line) => line['message'] === 'Walk broken off')
    .map((line) => line['step']);

const parsed = (name: Parameters<WeeloCloud['logOf']>[0]) =>
  cloud
    .logOf(name)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
const emf = (name: Parameters<WeeloCloud['logOf']>[0]) =>
  parsed(name).filter((line) => '_aws' in line);

const walkNow = () => cloud.invoke('canary', { source: 'aws.events', detail: {} });

describe('the canary', () => {
  test('walks from login to a cancelled order, and reports it in one line', async () => {
    expect(await walkNow()).toMatchObject({ ok: true });
    await expect.poll(walked, { message: cloud.logOf('canary').join('\n') }).toEqual([1]);
    expect(brokenAt()).toEqual([]);
    const steps = parsed('canary').flatMap((line) => line['step'] ?? []);
    expect(steps).toEqual([
      'send-otp',
      'code',
      'verify-otp',
      'clear',
      'price',
      'place',
      'read',
      'cancel',
      'log-out',
    ]);
  });

  test('is sent no SMS, and leaves nothing in what is counted of customers', async () => {
    const before = walked().length;
    await walkNow();
    await expect.poll(() => walked().slice(before)).toEqual([1]);
    expect(cloud.smsTo(walkers.canary)).toBeUndefined();
    const counted = functionNames.flatMap(emf).flatMap((line) => Object.keys(line));
    expect(counted.filter((name) => /^(Otp|Sms|Orders|Offers)/.test(name))).toEqual([]);
    expect(JSON.stringify(cloud.published())).not.toContain('Order');
  });

  test.each([
    ['send-otp', { service: 'sqs', action: 'SendMessage' }],
    // The order is placed, and the answer is lost: the next walk finds it, and cancels it.
    ['place', { service: 'dynamodb', action: 'UpdateItem' }],
  ] as const)('reports that it broke off at %s, and the next one walks', async (step, fault) => {
    const before = walked().length;
    cloud.faults.set({ kind: 'fail', ...fault });
    expect(await walkNow()).toMatchObject({ ok: true });
    await expect.poll(() => walked().slice(before)).toEqual([0]);
    expect(brokenAt().at(-1)).toBe(step);
    cloud.faults.clear();
    await walkNow();
    await expect.poll(() => walked().slice(before)).toEqual([0, 1]);
  });
});

test('a walk cancels what an earlier one left behind', async () => {
  const { variables } = cloud.processOf('canary');
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'any' };
  const client = new DynamoDBClient({
    region: 'ap-south-1',
    endpoint: cloud.awsEndpoint,
    credentials,
  });
  const table = openStateTable(variables['TEST_CODES_TABLE'] ?? '', clock, client);
  const call = callApiAt({ origin: cloud.origin });
  const placed: string[] = [];
  const brokenOff: CallApi = async (route, expected, asked) => {
    if (route.id !== getOrder.id) return call(route, expected, asked);
    placed.push(JSON.stringify(asked));
    throw new Error('The line is dead');
  };
  const steps: StepName[] = [];
  const by = (way: CallApi) =>
    walk(walkers.smoke, {
      call: way,
      takeCode: takeTestCodeFrom(table),
      pause,
      ids,
      clock,
      onStep: (step) => steps.push(step),
    });
  await expect(by(brokenOff)).rejects.toMatchObject({ step: 'read' });
  // Without the step that clears, it would be told of the order that is there.
  await by(call);
  expect(placed).toHaveLength(1);
  expect(steps.at(-1)).toBe('log-out');
});

import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { reachOutside } from '../../packages/local-cloud/test/reach-outside.ts';
import type { SQSEvent } from 'aws-lambda';
import type { DomainEventMessage } from '../../src/contract/queues.ts';
import { publishEvent } from '../../src/messaging/publish-event.ts';
import { openEventBus } from '../../src/platform/aws/event-bus.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { lambdaContext } from '../support/invoke.ts';
import { queuePatience } from '../../src/platform/aws/patience.ts';

await functionEnvironment();
const { outside, asked, client } = await reachOutside(() => new Date());
Object.assign(process.env, {
  AWS_REGION: client.region,
  AWS_ACCESS_KEY_ID: client.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
  AWS_ENDPOINT_URL_EVENTBRIDGE: client.endpoint,
});

const putOnBus = openEventBus('weelo-test', queuePatience.aws);

beforeEach(() => {
  outside.faults.clear();
});

const event = (change: Partial<DomainEventMessage> = {}): DomainEventMessage => ({
  kind: 'domain-event',
  id: randomUUID(),
  at: '2026-05-04T09:30:12.345Z',
  name: 'OrderCancelled',
  version: 1,
  data: { orderId: randomUUID() },
  ...change,
});

const published = (id: string) =>
  outside.events.newestFirst(({ detail }) => JSON.stringify(detail).includes(id), 10);

test('a domain event is put on the bus with its id, time and version', async () => {
  const message = event();
  await publishEvent(message, { putOnBus });
  const { id, at, version, data } = message;
  expect(published(id)).toEqual([
    expect.objectContaining({
      bus: 'weelo-test',
      source: 'weelo',
      detailType: 'OrderCancelled',
      at: message.at,
      detail: { id, at, version, data },
    }),
  ]);
});

test('an event that the bus does not take comes back to the queue', async () => {
  const message = event();
  outside.faults.set({ kind: 'fail', service: 'events' });
  await expect(publishEvent(message, { putOnBus })).rejects.toThrow('An internal error occurred');
  outside.faults.clear();
  await publishEvent(message, { putOnBus });
  expect(published(message.id)).toHaveLength(1);
});

test('so does an event that the bus refuses in an answer that is a success', async () => {
  const refused = openEventBus('weelo-test', queuePatience.aws);
  const put = refused({ source: 'aws.orders', detailType: 'x', at: new Date(), detail: {} });
  await expect(put).rejects.toThrow('NotAuthorizedForSourceException');
});

test('a bus that keeps failing is not asked for every event: the others must not wait for it', async () => {
  const { handler } = await import('../../functions/notify.ts');
  const data = {
    orderId: randomUUID(),
    customerId: randomUUID(),
    status: 'cancelled',
    eventVersion: 2,
    trucksNeeded: 1,
    trucksFilled: 0,
    cancelledTruckRequestIds: [],
  };
  const deliver = async () => {
    const Records = [{ messageId: randomUUID(), body: JSON.stringify(event({ data })) }];
    const batch = { Records } as unknown as SQSEvent;
    return (await handler(batch, lambdaContext(5000))).batchItemFailures.length;
  };
  outside.faults.set({ kind: 'fail', service: 'events' });
  asked.length = 0;
  for (let i = 0; i < 20; i += 1) expect(await deliver()).toBe(1);
  // Five failures open the circuit, each of two attempts.
  expect(asked.filter(({ action }) => action === 'events:PutEvents')).toHaveLength(10);
});

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { PlayedService, WireFormat } from '../../src/protocol/played-service.ts';
import { FaultWish } from '../../src/outside/faults.ts';
import type { FaultyService } from '../../src/outside/service-faults.ts';
import { reachOutside } from '../reach-outside.ts';

/** Stands for a service that the endpoint forwards: every call is an empty success. */
const forwarded = (signingName: string, wireFormat: WireFormat): PlayedService => ({
  signingName,
  wireFormat,
  actionOf: ({ headers }) => `${signingName}:${headers['x-amz-target']?.split('.')[1]}`,
  handle: async () => ({ status: 200, body: '{}' }),
});

const { client, asked, outside } = await reachOutside(
  () => new Date(),
  [
    forwarded('dynamodb', 'json-1.0'),
    forwarded('sqs', 'json-1.0'),
    forwarded('secretsmanager', 'json-1.1'),
  ],
);
const { faults } = outside;
const options = { ...client, maxAttempts: 2 };

const QueueUrl = 'http://127.0.0.1:1/000000000000/q';
const calls: readonly [FaultyService, string, () => Promise<unknown>][] = [
  [
    'dynamodb',
    'GetItem',
    () =>
      new DynamoDBClient(options).send(
        new GetItemCommand({ TableName: 'table', Key: { id: { S: '1' } } }),
      ),
  ],
  [
    'sqs',
    'SendMessage',
    () =>
      new SQSClient({ ...options, md5: false, useQueueUrlAsEndpoint: false }).send(
        new SendMessageCommand({ QueueUrl, MessageBody: 'x' }),
      ),
  ],
  [
    'secretsmanager',
    'GetSecretValue',
    () => new SecretsManagerClient(options).send(new GetSecretValueCommand({ SecretId: 's' })),
  ],
  [
    'events',
    'PutEvents',
    () => new EventBridgeClient(options).send(new PutEventsCommand({ Entries: [{}] })),
  ],
  [
    'sms-voice',
    'SendTextMessage',
    () =>
      new PinpointSMSVoiceV2Client(options).send(
        new SendTextMessageCommand({ DestinationPhoneNumber: '+919876543210', MessageBody: 'x' }),
      ),
  ],
];

test.concurrent.each(calls)(
  'throttling of %s is known as such to its client, which tries again',
  async (service, _, call) => {
    faults.set({ kind: 'throttle', service });
    await expect(call()).rejects.toMatchObject({
      $metadata: { attempts: 2 },
      message: expect.stringContaining('Rate exceeded'),
    });
    faults.clear({ service });
    faults.set({ kind: 'throttle', service, times: 1 });
    await expect(call()).resolves.toBeDefined();
    faults.clear({ service });
  },
);

test.each(calls)(
  'a failure of %s can be meant for %s alone, and be no reason to try again',
  async (service, action, call) => {
    faults.set(FaultWish.parse({ kind: 'fail', service, action, status: 400, code: 'NoMore' }));
    asked.length = 0;
    await expect(call()).rejects.toMatchObject({ name: 'NoMore' });
    expect(asked).toHaveLength(1);
    faults.clear();
    faults.set(FaultWish.parse({ kind: 'fail', service, action: 'Another' }));
    await expect(call()).resolves.toBeDefined();
    faults.clear();
  },
);

test('a slow service is slow, and then answers', async () => {
  const put = () => new EventBridgeClient(options).send(new PutEventsCommand({ Entries: [{}] }));
  faults.set({ kind: 'slow', service: 'events', ms: 300, times: 1 });
  const started = performance.now();
  await put();
  expect(performance.now() - started).toBeGreaterThan(290);
  // It is slow no more: the board has nothing left to do.
  await expect(put()).resolves.toBeDefined();
});

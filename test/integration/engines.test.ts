import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, DeleteMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { queueUrlOf, startDynamoDb } from 'local-cloud/engines';
import { ROOT } from '../support/engines/database-server.ts';

const client = {
  region: 'ap-south-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

describe('DynamoDB', () => {
  test('of many conditional puts of one key exactly one wins', async () => {
    const dynamo = new DynamoDBClient({ ...client, ...inject('dynamodb') });
    afterAll(() => dynamo.destroy());
    const TableName = 'engines-test';
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const put = () =>
      dynamo.send(
        new PutItemCommand({
          TableName,
          Item: { id: { S: 'one' } },
          ConditionExpression: 'attribute_not_exists(id)',
        }),
      );
    await vi.waitFor(put, 10_000);
    const rest = await Promise.allSettled(Array.from({ length: 20 }, put));
    for (const one of rest) {
      expect(one).toMatchObject({ status: 'rejected' });
      expect(one.status === 'rejected' && one.reason).toBeInstanceOf(
        ConditionalCheckFailedException,
      );
    }
  });
});

test('DynamoDB can be stopped under requests: none of them throws past everybody', async () => {
  const engine = await startDynamoDb();
  const dynamo = new DynamoDBClient({ ...client, endpoint: engine.endpoint, maxAttempts: 1 });
  const TableName = 'engines-test';
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const put = (i: number) =>
    dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: `${i}` } } }));
  await vi.waitFor(() => put(0), 10_000);
  const thrown = vi.fn<(error: unknown) => void>();
  process.on('uncaughtException', thrown);
  const underWay = Array.from({ length: 200 }, (_, i) => put(i));
  await Promise.any(underWay);
  dynamo.destroy();
  await engine.stop();
  await Promise.allSettled(underWay);
  process.off('uncaughtException', thrown);
  expect(thrown).not.toHaveBeenCalled();
});

describe('SQS', () => {
  test('delivers a message after its delay, and not before', async () => {
    const { endpoint } = inject('sqs');
    const sqs = new SQSClient({ ...client, endpoint });
    afterAll(() => sqs.destroy());
    const QueueUrl = queueUrlOf(endpoint, 'engines-test');
    await sqs.send(new CreateQueueCommand({ QueueName: 'engines-test' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'wave 1', DelaySeconds: 1 }));

    const receive = async (WaitTimeSeconds: number) =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }))).Messages ?? [];
    expect(await receive(0)).toEqual([]);
    const [message] = await receive(3);
    expect(message?.Body).toBe('wave 1');
    const ReceiptHandle = message?.ReceiptHandle;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  });

  describe('refuses what AWS refuses', () => {
    const { endpoint } = inject('sqs');
    const sqs = new SQSClient({ ...client, endpoint });
    afterAll(() => sqs.destroy());
    const QueueUrl = queueUrlOf(endpoint, 'engines-contents');
    beforeAll(() => sqs.send(new CreateQueueCommand({ QueueName: 'engines-contents' })));

    const send = (MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const sendAll = (...bodies: readonly string[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody })),
        }),
      );
    const received = async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body }) => Body);
    };

    test.each([['\uffff'], ['a\ufffeb'], ['\u0007'], ['a\0b']])(
      'the characters %j, and a whole batch for them',
      async (text) => {
        await expect(send(text)).rejects.toThrow(/character/);
        await expect(sendAll('good', text)).rejects.toMatchObject({
          name: 'InvalidMessageContents',
        });
        expect(await received()).toEqual([]);
      },
    );

    test('and no others', async () => {
      const texts = ['🚚', '\u{10ffff}', '\ufdd0\ufffd\ue000', ' \t\r\n', 'आशा'];
      await send('🚚 alone');
      expect((await sendAll(...texts)).Failed ?? []).toEqual([]);
      expect((await received()).toSorted()).toEqual(['🚚 alone', ...texts].toSorted());
    });

    test('a message of over a mebibyte, and a batch of over one', async () => {
      const most = 1024 ** 2;
      await expect(send('a'.repeat(most + 1))).rejects.toThrow(/must be shorter/);
      await expect(sendAll('a'.repeat(most), 'a')).rejects.toMatchObject({
        name: 'BatchRequestTooLong',
      });
      await send('a'.repeat(most));
      expect(await received()).toEqual(['a'.repeat(most)]);
    });
  });

  test('the queues are to be reached from this machine only', async () => {
    const { hostname, port } = new URL(inject('sqs').endpoint);
    expect(hostname).toBe('127.0.0.1');
    // Another address of the loopback network: whoever listens on every interface answers there, too.
    await expect(canConnect('127.0.0.2', Number(port))).resolves.toBe(false);
    await expect(canConnect('127.0.0.1', Number(port))).resolves.toBe(true);
  });
});

describe('when the process that started the engines is killed', () => {
  const script = `
    import { startPostgres } from '${ROOT}packages/local-cloud/src/engines/postgres.ts';
    const { port } = await startPostgres();
    console.log(port);
    setInterval(() => undefined, 1000);
  `;

  test('they end by themselves', async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const port = Number(String((await once(owner.stdout, 'data')).at(0)));
    expect(await canConnect('127.0.0.1', port)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(async () => expect(await canConnect('127.0.0.1', port)).toBe(false), 5000);
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

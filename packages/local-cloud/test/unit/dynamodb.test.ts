import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from '../../src/engines/dynamodb.ts';
import { callEngine } from '../../src/protocol/engine-call.ts';
import { type Engine, engineAt } from '../../src/protocol/engine.ts';
import { temporaryFolder } from '../fixture-app/cloud.ts';

const TableName = 'notes';
const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };

async function openTable(dataFolder: string) {
  const { endpoint, stop } = await startDynamoDb({ dataFolder });
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  onTestFinished(async () => {
    client.destroy();
    await stop();
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  return client;
}

test('a query keeps nothing of what is replaced afterwards', async () => {
  const dataFolder = temporaryFolder();
  const client = await openTable(dataFolder);
  const id = { S: 'the only one' };
  const asked = {
    TableName,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': id },
  };
  // Some fifteen times what the store writes to a file at once.
  for (let n = 0; n < 150; n += 1) {
    const note = { S: String(n).padEnd(350_000, 'x') };
    await client.send(new PutItemCommand({ TableName, Item: { id, note } }));
    const { Count } = await client.send(new QueryCommand(asked));
    expect(Count).toBe(1);
  }
  const files = await readdir(join(dataFolder, 'dynamodb'));
  expect(files.filter((name) => name.endsWith('.ldb')).length).toBeLessThan(12);
});

test('is asked by messages as by its address, and says what is wrong', async () => {
  const engine = await startDynamoDb();
  onTestFinished(engine.stop);
  const call = (by: Pick<Engine, 'ask'>, operation: string, input: object) =>
    callEngine({ engine: by, service: 'dynamodb', region: 'local', operation, input });
  const byAddress = engineAt(engine.endpoint);
  await call(engine, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  const Item = { id: { S: 'नमस्ते' } };
  await call(byAddress, 'PutItem', { TableName, Item });
  const both = await Promise.all(
    [engine, byAddress].map((by) => call(by, 'GetItem', { TableName, Key: Item })),
  );
  expect(both).toEqual([{ Item }, { Item }]);
  await expect(call(engine, 'GetItem', { TableName: 'nowhere', Key: Item })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('who asks an engine that has ended is told so', async () => {
  const engine = await startDynamoDb();
  const question = { engine, service: 'dynamodb', region: 'local' } as const;
  await engine.stop();
  const asking = callEngine({ ...question, operation: 'ListTables', input: {} });
  await expect(asking).rejects.toThrow('The engine has ended.');
});

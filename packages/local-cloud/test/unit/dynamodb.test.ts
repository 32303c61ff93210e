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

import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';

type Stored = Record<string, AttributeValue>;

/** DynamoDB's own limit. */
const keysPerCall = 100;
/** Milliseconds before DynamoDB is asked for what it left out. It leaves keys out when it is throttled. */
const pauses = [0, 100];

/** Reads many items, consistently. Answers those that exist, in no order. */
export async function batchGet(
  keys: readonly Stored[],
  TableName: string,
  client: DynamoDBClient,
): Promise<readonly Stored[]> {
  const batches: Promise<readonly Stored[]>[] = [];
  for (let i = 0; i < keys.length; i += keysPerCall) {
    batches.push(oneBatch(keys.slice(i, i + keysPerCall), TableName, client));
  }
  return (await Promise.all(batches)).flat();
}

async function oneBatch(
  keys: readonly Stored[],
  TableName: string,
  client: DynamoDBClient,
): Promise<readonly Stored[]> {
  const found: Stored[] = [];
  let left = [...keys];
  for (const ms of pauses) {
    if (ms > 0) await pause(ms);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [TableName]: { Keys: left, ConsistentRead: true } },
      }),
    );
    found.push(...(Responses[TableName] ?? []));
    left = UnprocessedKeys[TableName]?.Keys ?? [];
    if (left.length === 0) return found;
  }
  throw new Error(`DynamoDB left out ${left.length} of ${keys.length} items`);
}

import type { AttributeValue, BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { batchGet } from '../../src/platform/aws/batch-get.ts';

type Item = Record<string, AttributeValue>;

/** DynamoDB when it is throttled: it reads so many keys of each call, and leaves out the others. */
function throttledTo(mostPerCall: number) {
  const calls: number[] = [];
  const send = async ({ input }: BatchGetItemCommand) => {
    const keys: Item[] = input.RequestItems?.['table']?.Keys ?? [];
    calls.push(keys.length);
    const left = keys.slice(mostPerCall);
    return {
      Responses: { table: keys.slice(0, mostPerCall) },
      UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {},
    };
  };
  return { client: { send } as unknown as DynamoDBClient, calls };
}

const keys = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ pk: { N: `${i}` } }));

test('keys that DynamoDB left out are asked for once more', async () => {
  const { client, calls } = throttledTo(60);
  expect(await batchGet(keys(100), 'table', client)).toEqual(keys(100));
  expect(calls).toEqual([100, 40]);
});

test('what it leaves out twice is an error, and not taken for missing', async () => {
  const { client } = throttledTo(30);
  await expect(batchGet(keys(100), 'table', client)).rejects.toThrow('left out 40 of 100 items');
});

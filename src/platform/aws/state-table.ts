import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { awsPatience } from './aws.ts';
import type { Clock } from '../clock.ts';

/** `pk` says who or what the item belongs to, and `sk` which of its items it is. */
interface StateKey {
  readonly pk: string;
  readonly sk: string;
}

export type StateItem = StateKey & Readonly<Record<string, unknown>>;

type Facts = Readonly<Record<string, unknown>>;

/**
 * What functions on both sides of the VPC must know for a while. Every item expires. DynamoDB removes it within days
 * after that; until then this code ignores it.
 */
export interface StateTable {
  get(key: StateKey): Promise<StateItem | undefined>;
  /** All items of one `pk`, sorted by `sk`. There must only be a few. */
  list(pk: string): Promise<readonly StateItem[]>;
  /** Answers the item that was there before. */
  put(key: StateKey, facts: Facts, endsAt: Date): Promise<StateItem | undefined>;
  /** Answers whether the key was free. If many claim a key at once, only one gets true. */
  claim(key: StateKey, facts: Facts, endsAt: Date): Promise<boolean>;
  /** Removes an item and answers it. If many take it at once, only one gets it. */
  take(key: StateKey): Promise<StateItem | undefined>;
  /** Adds one, and answers the count. The first call decides when the item expires. */
  count(key: StateKey, endsAt: Date): Promise<number>;
}

export function openStateTable(
  TableName: string,
  clock: Clock,
  client = new DynamoDBClient(awsPatience),
): StateTable {
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  const alive = (item: Parameters<typeof unmarshall>[0] | undefined) => {
    if (!item) return undefined;
    const { expiresAt, ...facts } = unmarshall(item);
    const { pk, sk } = facts;
    return typeof pk === 'string' && typeof sk === 'string' && Number(expiresAt) > nowSeconds()
      ? { ...facts, pk, sk }
      : undefined;
  };
  const itemOf = (key: StateKey, facts: Facts, endsAt: Date) =>
    marshall({ ...facts, ...key, expiresAt: secondsOf(endsAt) }, { removeUndefinedValues: true });

  return {
    get: async (key) => {
      const command = new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true });
      return alive((await client.send(command)).Item);
    },
    list: async (pk) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': pk }),
        }),
      );
      return Items.flatMap((item) => alive(item) ?? []);
    },
    put: async (key, facts, endsAt) => {
      const Item = itemOf(key, facts, endsAt);
      const command = new PutItemCommand({ TableName, Item, ReturnValues: 'ALL_OLD' });
      return alive((await client.send(command)).Attributes);
    },
    claim: async (key, facts, endsAt) => {
      const command = new PutItemCommand({
        TableName,
        Item: itemOf(key, facts, endsAt),
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: marshall({ ':now': nowSeconds() }),
      });
      return (await client.send(command).catch(unlessRefused)) !== undefined;
    },
    take: async (key) => {
      const command = new DeleteItemCommand({
        TableName,
        Key: keyOf(key),
        ReturnValues: 'ALL_OLD',
      });
      return alive((await client.send(command)).Attributes);
    },
    count: async (key, endsAt) => {
      const counting = (change: CountChange) =>
        new UpdateItemCommand({
          TableName,
          Key: keyOf(key),
          ...change,
          ExpressionAttributeValues: marshall({
            ':one': 1,
            ':end': secondsOf(endsAt),
            ':now': nowSeconds(),
          }),
          ReturnValues: 'UPDATED_NEW',
        });
      for (;;) {
        // If many calls find the counter expired, one starts a new count, and the others add to it.
        for (const change of [addOne, beginAnew]) {
          const counted = await client.send(counting(change)).catch(unlessRefused);
          if (counted) return Number(unmarshall(counted.Attributes ?? {})['calls']);
        }
      }
    },
  };
}

interface CountChange {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
}

const addOne: CountChange = {
  UpdateExpression: 'SET expiresAt = if_not_exists(expiresAt, :end) ADD calls :one',
  ConditionExpression: 'attribute_not_exists(expiresAt) OR expiresAt > :now',
};
/** DynamoDB may remove an expired item days later. Until then the old count is still in it. */
const beginAnew: CountChange = {
  UpdateExpression: 'SET calls = :one, expiresAt = :end',
  ConditionExpression: 'expiresAt <= :now',
};

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}

const keyOf = ({ pk, sk }: StateKey) => marshall({ pk, sk });
const secondsOf = (instant: Date) => Math.ceil(instant.getTime() / 1000);

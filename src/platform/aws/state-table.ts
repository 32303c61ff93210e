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
  name: string,
  clock: Clock,
  client = new DynamoDBClient(awsPatience),
): StateTable {
  return new DynamoStateTable(name, clock, client);
}

class DynamoStateTable implements StateTable {
  readonly #TableName: string;
  readonly #clock: Clock;
  readonly #client: DynamoDBClient;

  constructor(name: string, clock: Clock, client: DynamoDBClient) {
    this.#TableName = name;
    this.#clock = clock;
    this.#client = client;
  }

  async get(key: StateKey) {
    const command = new GetItemCommand({ ...this.#at(key), ConsistentRead: true });
    return this.#alive((await this.#client.send(command)).Item);
  }

  async list(pk: string) {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': pk }),
      }),
    );
    return Items.flatMap((item) => this.#alive(item) ?? []);
  }

  async put(key: StateKey, facts: Facts, endsAt: Date) {
    const Item = itemOf(key, facts, endsAt);
    const TableName = this.#TableName;
    const command = new PutItemCommand({ TableName, Item, ReturnValues: 'ALL_OLD' });
    return this.#alive((await this.#client.send(command)).Attributes);
  }

  async claim(key: StateKey, facts: Facts, endsAt: Date) {
    const command = new PutItemCommand({
      TableName: this.#TableName,
      Item: itemOf(key, facts, endsAt),
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: marshall({ ':now': this.#nowSeconds() }),
    });
    return (await this.#client.send(command).catch(unlessRefused)) !== undefined;
  }

  async take(key: StateKey) {
    const command = new DeleteItemCommand({ ...this.#at(key), ReturnValues: 'ALL_OLD' });
    return this.#alive((await this.#client.send(command)).Attributes);
  }

  async count(key: StateKey, endsAt: Date) {
    for (;;) {
      // If many calls find the counter expired, one starts a new count, and the others add to it.
      for (const change of [addOne, beginAnew]) {
        const counted = await this.#client
          .send(this.#counting(key, endsAt, change))
          .catch(unlessRefused);
        if (counted) return Number(unmarshall(counted.Attributes ?? {})['calls']);
      }
    }
  }

  #counting(key: StateKey, endsAt: Date, change: CountChange) {
    return new UpdateItemCommand({
      ...this.#at(key),
      ...change,
      ExpressionAttributeValues: marshall({
        ':one': 1,
        ':end': secondsOf(endsAt),
        ':now': this.#nowSeconds(),
      }),
      ReturnValues: 'UPDATED_NEW',
    });
  }

  #at({ pk, sk }: StateKey) {
    return { TableName: this.#TableName, Key: marshall({ pk, sk }) };
  }

  #alive(item: Parameters<typeof unmarshall>[0] | undefined): StateItem | undefined {
    if (!item) return undefined;
    const { expiresAt, ...facts } = unmarshall(item);
    const { pk, sk } = facts;
    return typeof pk === 'string' &&
      typeof sk === 'string' &&
      Number(expiresAt) > this.#nowSeconds()
      ? { ...facts, pk, sk }
      : undefined;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now().getTime() / 1000);
  }
}

function itemOf(key: StateKey, facts: Facts, endsAt: Date) {
  return marshall(
    { ...facts, ...key, expiresAt: secondsOf(endsAt) },
    { removeUndefinedValues: true },
  );
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

const secondsOf = (instant: Date) => Math.ceil(instant.getTime() / 1000);

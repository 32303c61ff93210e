import {
  type AttributeValue,
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
import { batchGet } from './batch-get.ts';
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
  /** Those of many items that exist, in no order. */
  getMany(keys: readonly StateKey[]): Promise<readonly StateItem[]>;
  /** All items of one `pk`, sorted by `sk`. There must only be a few. */
  list(pk: string): Promise<readonly StateItem[]>;
  /** Answers the item that was there before. */
  put(key: StateKey, facts: Facts, endsAt: Date): Promise<StateItem | undefined>;
  /**
   * Takes a key if it is free: if there is no item, or the item has expired. Answers undefined if it is not free. If many
   * claim a key at once, only one gets it.
   */
  claim(key: StateKey, facts: Facts, endsAt: Date): Promise<Claimed | undefined>;
  /** Removes an item and answers it. If many take it at once, only one gets it. */
  take(key: StateKey): Promise<StateItem | undefined>;
  /**
   * Adds facts to an item, and answers the whole item. Others can add to the same item at the same time, and drop facts.
   * If the item had expired, its old facts are in it again.
   */
  merge(key: StateKey, facts: Facts, endsAt: Date): Promise<StateItem>;
  /** Removes facts from an item, by their names. */
  drop(key: StateKey, names: readonly string[]): Promise<void>;
  /** Changes an item in one step, if it lives and a condition holds. Answers the item as it is then. */
  change(key: StateKey, change: Change): Promise<StateItem | undefined>;
  /** The same for removing it. Answers what was removed. */
  takeIf(key: StateKey, condition: Condition): Promise<StateItem | undefined>;
  /** Adds one, and answers the count. The first call decides when the item expires. */
  count(key: StateKey, endsAt: Date): Promise<number>;
}

/** What must hold, as DynamoDB writes it, and the values that it names: `toldOn = :socket`. Its reserved words name no field. */
interface Condition {
  readonly condition: string;
  readonly values?: Facts;
}

interface Change extends Condition {
  /** As DynamoDB writes it: `packets = list_append(packets, :more)`. */
  readonly set?: readonly string[];
  /**
   * Fields, or elements of lists. The last elements come first: the engine on this machine removes one after another, and
   * DynamoDB all at once.
   */
  readonly remove?: readonly string[];
  /** Default: when it ended before. */
  readonly endsAt?: Date;
}

interface Claimed {
  /** The expired item that was still there. */
  readonly former: Facts | undefined;
}

export function openStateTable(
  TableName: string,
  clock: Clock,
  client = new DynamoDBClient(awsPatience),
): StateTable {
  const at = { TableName, clock, client };
  return {
    get: (key) => getItem(key, at),
    getMany: (keys) => getItems(keys, at),
    list: (pk) => listItems(pk, at),
    put: (key, facts, endsAt) => putItem(itemOf(key, facts, endsAt), at),
    claim: (key, facts, endsAt) => claimKey(itemOf(key, facts, endsAt), at),
    take: (key) => takeItem(key, at),
    merge: (key, facts, endsAt) => mergeFacts(key, facts, endsAt, at),
    drop: (key, names) => dropFacts(key, names, at),
    change: (key, change) => changeItem(key, change, at),
    takeIf: (key, condition) => takeItemIf(key, condition, at),
    count: (key, endsAt) => countOne(key, endsAt, at),
  };
}

interface Where {
  readonly TableName: string;
  readonly clock: Clock;
  readonly client: DynamoDBClient;
}

type Stored = Record<string, AttributeValue>;

async function getItem(key: StateKey, at: Where) {
  const command = new GetItemCommand({ ...keyIn(key, at), ConsistentRead: true });
  return alive((await at.client.send(command)).Item, at);
}

async function getItems(keys: readonly StateKey[], at: Where) {
  const { TableName, client } = at;
  const wanted = keys.map((key) => keyIn(key, at).Key);
  const items = await batchGet(wanted, TableName, client);
  return items.flatMap((item) => alive(item, at) ?? []);
}

async function listItems(pk: string, at: Where) {
  const { Items = [] } = await at.client.send(
    new QueryCommand({
      TableName: at.TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': pk }),
    }),
  );
  return Items.flatMap((item) => alive(item, at) ?? []);
}

async function putItem(Item: Stored, at: Where) {
  const { TableName } = at;
  const command = new PutItemCommand({ TableName, Item, ReturnValues: 'ALL_OLD' });
  return alive((await at.client.send(command)).Attributes, at);
}

async function claimKey(
  Item: Stored,
  { TableName, clock, client }: Where,
): Promise<Claimed | undefined> {
  const command = new PutItemCommand({
    TableName,
    Item,
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
    ExpressionAttributeValues: marshall({ ':now': secondsNow(clock) }),
    ReturnValues: 'ALL_OLD',
  });
  const claimed = await client.send(command).catch(unlessRefused);
  return claimed && { former: claimed.Attributes && unmarshall(claimed.Attributes) };
}

async function takeItem(key: StateKey, at: Where) {
  const command = new DeleteItemCommand({ ...keyIn(key, at), ReturnValues: 'ALL_OLD' });
  return alive((await at.client.send(command)).Attributes, at);
}

async function mergeFacts(key: StateKey, facts: Facts, endsAt: Date, at: Where) {
  const named = Object.entries(facts);
  const { Attributes } = await at.client.send(
    new UpdateItemCommand({
      ...keyIn(key, at),
      UpdateExpression: `SET expiresAt = :end, ${named.map((_, i) => `#f${i} = :f${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(named.map(([name], i) => [`#f${i}`, name])),
      ExpressionAttributeValues: marshall(
        {
          ':end': secondsOf(endsAt),
          ...Object.fromEntries(named.map(([, value], i) => [`:f${i}`, value])),
        },
        { removeUndefinedValues: true },
      ),
      ReturnValues: 'ALL_NEW',
    }),
  );
  const merged = alive(Attributes, at);
  if (!merged) throw new Error('An item was merged that has expired already');
  return merged;
}

async function dropFacts(key: StateKey, names: readonly string[], at: Where): Promise<void> {
  if (names.length === 0) return;
  await at.client
    .send(
      new UpdateItemCommand({
        ...keyIn(key, at),
        UpdateExpression: `REMOVE ${names.map((_, i) => `#f${i}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#f${i}`, name])),
        // Otherwise this would make an item that never ends.
        ConditionExpression: 'attribute_exists(pk)',
      }),
    )
    .catch(unlessRefused);
}

async function changeItem(key: StateKey, change: Change, at: Where) {
  const { set = [], remove = [], endsAt, condition, values = {} } = change;
  const sets = [...set, ...(endsAt ? ['expiresAt = :end'] : [])];
  const parts = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
  ];
  const command = new UpdateItemCommand({
    ...keyIn(key, at),
    ...onlyIf(condition, { ...values, ...(endsAt && { ':end': secondsOf(endsAt) }) }, at),
    UpdateExpression: parts.join(' '),
    ReturnValues: 'ALL_NEW',
  });
  const changed = await at.client.send(command).catch(unlessRefused);
  return alive(changed?.Attributes, at);
}

async function takeItemIf(key: StateKey, { condition, values = {} }: Condition, at: Where) {
  const command = new DeleteItemCommand({
    ...keyIn(key, at),
    ...onlyIf(condition, values, at),
    ReturnValues: 'ALL_OLD',
  });
  const taken = await at.client.send(command).catch(unlessRefused);
  return alive(taken?.Attributes, at);
}

function onlyIf(condition: string, values: Facts, { clock }: Where) {
  return {
    ConditionExpression: `expiresAt > :now AND (${condition})`,
    ExpressionAttributeValues: marshall({ ...values, ':now': secondsNow(clock) }),
  };
}

async function countOne(key: StateKey, endsAt: Date, at: Where): Promise<number> {
  const { clock, client } = at;
  const counting = (change: CountChange) =>
    new UpdateItemCommand({
      ...keyIn(key, at),
      ...change,
      ExpressionAttributeValues: marshall({
        ':one': 1,
        ':end': secondsOf(endsAt),
        ':now': secondsNow(clock),
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
}

function keyIn({ pk, sk }: StateKey, { TableName }: Where) {
  return { TableName, Key: marshall({ pk, sk }) };
}

function alive(item: Stored | undefined, { clock }: Where): StateItem | undefined {
  if (!item) return undefined;
  const { expiresAt, ...facts } = unmarshall(item);
  const { pk, sk } = facts;
  return typeof pk === 'string' && typeof sk === 'string' && Number(expiresAt) > secondsNow(clock)
    ? { ...facts, pk, sk }
    : undefined;
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
const secondsNow = (clock: Clock) => Math.floor(clock.now().getTime() / 1000);

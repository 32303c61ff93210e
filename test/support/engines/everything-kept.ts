import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { Cluster, type Redis } from 'ioredis';
import * as z from 'zod';
import { Client } from '@weelo/data';
import type { Engines } from 'local-cloud';

/** A piece of what a cloud keeps, and where: `postgres weelo.users`, `redis key`, `dynamodb <table> devices`. */
export interface Kept {
  readonly where: string;
  readonly text: string;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'ap-south-1';

/** The whole of all stores of a cloud, as text: every row, item, key, value and message. */
export async function everythingKept(
  { postgres, redis, dynamodb, sqs }: Engines,
  database: string,
): Promise<readonly Kept[]> {
  if (!postgres || !redis || !dynamodb || !sqs) throw new Error('Not all engines run');
  const parts = await Promise.all([
    rowsOf({ ...postgres, database }),
    keysOf(redis.url),
    itemsOf(dynamodb.endpoint),
    messagesOf(sqs.endpoint),
  ]);
  return parts.flat();
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

async function rowsOf({ host, port, username: user, password, database }: Address) {
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const kept: Kept[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string }>(
        `SELECT row_to_json(t)::text AS text FROM ${name} AS t`,
      );
      kept.push(...rows.map(({ text }) => ({ where: `postgres ${name}`, text })));
    }
    return kept;
  } finally {
    await client.end();
  }
}

async function keysOf(url: string): Promise<Kept[]> {
  const cluster = new Cluster([url]);
  try {
    await cluster.ping();
    const nodes = await Promise.all(cluster.nodes('master').map(keysOfNode));
    return nodes.flat();
  } finally {
    cluster.disconnect();
  }
}

async function keysOfNode(node: Redis): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const key of await node.keys('*')) {
    kept.push({ where: 'redis key', text: key });
    const value = await valueOf(node, key);
    if (value !== undefined) kept.push({ where: 'redis value', text: JSON.stringify(value) });
  }
  return kept;
}

/** Nothing of a key that has ended since its name was told. */
async function valueOf(node: Redis, key: string): Promise<unknown> {
  const type = await node.type(key);
  if (type === 'none') return undefined;
  if (type === 'string') return node.get(key);
  if (type === 'set') return node.smembers(key);
  if (type === 'hash') return node.hgetall(key);
  if (type === 'list') return node.lrange(key, 0, -1);
  if (type === 'zset') return node.zrange(key, '0', '-1');
  throw new Error(`${key} is a ${type}, which nobody reads here`);
}

async function itemsOf(endpoint: string): Promise<Kept[]> {
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const kept: Kept[] = [];
  for (const TableName of TableNames) {
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      for (const item of Items) {
        const kind = item['pk']?.S?.split('#')[0] ?? '';
        kept.push({ where: `dynamodb ${TableName} ${kind}`, text: JSON.stringify(item) });
      }
    }
  }
  client.destroy();
  return kept;
}

const Queues = z.array(z.object({ name: z.string() }));
const Messages = z.object({ messages: z.record(z.string(), z.array(z.unknown())) });

/** As the engine tells it on pages of its own, with those that a function works on. */
async function messagesOf(endpoint: string): Promise<Kept[]> {
  const page = async (path: string): Promise<unknown> =>
    (await fetch(`${endpoint}/_fauxqs/queues${path}`)).json();
  const kept: Kept[] = [];
  for (const { name } of Queues.parse(await page(''))) {
    const { messages } = Messages.parse(await page(`/${name}`));
    const texts = Object.values(messages)
      .flat()
      .map((message) => JSON.stringify(message));
    kept.push(...texts.map((text) => ({ where: `sqs ${name}`, text })));
  }
  return kept;
}

/** Asks the stores what the functions ask them in a storm, and does nothing else: a process of its own, as they are. */
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import { readEnvironment } from '../../src/contract/functions.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { barePool } from '../bare-pool.ts';

const Task = z.object({ clients: z.int() });

/** Enough to keep the stores busy. */
const atOnce = 30;

const env = readEnvironment('socket-message', process.env);
const dynamo = new DynamoDBClient({});
const redis = new Cluster([env.REDIS_URL]);
const pool = await barePool(env, 10);

process.once('message', (message) => {
  const { clients } = Task.parse(message);
  void run(clients).then((took) => process.send?.({ took }));
});

async function run(clients: number): Promise<number> {
  const begun = performance.now();
  await inParallel(Array.from({ length: clients }, randomUUID), atOnce, oneClient);
  return performance.now() - begun;
}

async function oneClient(id: string): Promise<void> {
  const TableName = env.CONNECTIONS_TABLE;
  const connection = marshall({ pk: `connection#${id}`, sk: 'caller' });
  const user = marshall({ pk: `user#${id}`, sk: 'connections' });
  const facts = { id, userId: id, role: 'customer', sessionId: id, tokenEndsAt: 1, openedAt: 1 };
  const change = { TableName, Key: user, ExpressionAttributeNames: { '#id': `connection ${id}` } };
  const readEnd = () => {
    const Key = marshall({ pk: `session#${id}`, sk: 'ended' });
    const wanted = { TableName: env.STATE_TABLE, Key, ConsistentRead: true };
    return dynamo.send(new GetItemCommand(wanted));
  };
  // $connect
  await readEnd();
  await Promise.all([
    dynamo.send(new PutItemCommand({ TableName, Item: { ...connection, ...marshall(facts) } })),
    dynamo.send(
      new UpdateItemCommand({
        ...change,
        UpdateExpression: 'SET #id = :facts',
        ExpressionAttributeValues: marshall({ ':facts': facts }),
        ReturnValues: 'ALL_NEW',
      }),
    ),
  ]);
  // resume
  await dynamo.send(new GetItemCommand({ TableName, Key: connection, ConsistentRead: true }));
  await readEnd();
  await redis.incr(`bench:{${id}}`);
  await pool.query('SELECT * FROM weelo.orders WHERE customer_id = $1', [id]);
  // $disconnect
  await dynamo.send(new DeleteItemCommand({ TableName, Key: connection }));
  await dynamo.send(new UpdateItemCommand({ ...change, UpdateExpression: 'REMOVE #id' }));
}

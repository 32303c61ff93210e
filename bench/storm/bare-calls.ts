/** Asks the stores what the functions ask them in a storm, and does nothing else: a process of its own, as they are. */
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import * as z from 'zod';
import { readEnvironment } from '../../src/contract/functions.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import { barePool } from '../bare-pool.ts';

const Task = z.object({ clients: z.int() });

/** As many as there are environments of the functions, on the machine that runs the local cloud. */
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
  const connections = { TableName: env.CONNECTIONS_TABLE };
  const byId = marshall({ pk: `connection#${id}`, sk: 'caller' });
  const byUser = marshall({ pk: `user#${id}`, sk: `connection#${id}` });
  const facts = marshall({ id, userId: id, role: 'customer', sessionId: id, tokenEndsAt: 1 });
  const ended = marshall({ pk: `session#${id}`, sk: 'ended' });
  const readEnd = () =>
    dynamo.send(
      new GetItemCommand({ TableName: env.STATE_TABLE, Key: ended, ConsistentRead: true }),
    );
  const readCaller = () =>
    dynamo.send(new GetItemCommand({ ...connections, Key: byId, ConsistentRead: true }));
  // $connect
  await readEnd();
  await Promise.all(
    [byId, byUser].map((key) =>
      dynamo.send(new PutItemCommand({ ...connections, Item: { ...key, ...facts } })),
    ),
  );
  await dynamo.send(
    new QueryCommand({
      ...connections,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': `user#${id}` }),
    }),
  );
  // resume
  await readCaller();
  await readEnd();
  await redis.incr(`bench:{${id}}`);
  await pool.query(
    'SELECT id FROM weelo.orders WHERE customer_id = $1 AND search_deadline < now()',
    [id],
  );
  await pool.query('SELECT * FROM weelo.orders WHERE customer_id = $1', [id]);
  // $disconnect
  await Promise.all(
    [byId, byUser].map((Key) => dynamo.send(new DeleteItemCommand({ ...connections, Key }))),
  );
}

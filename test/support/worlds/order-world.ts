import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ScheduledEvent, SQSRecord } from 'aws-lambda';
import { Cluster } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../client.ts';
import { sqlIn } from '../engines/database.ts';
import { functionEnvironment } from '../engines/function-environment.ts';
import { into, lambdaContext } from '../invoke.ts';
import { issuingTokens } from '../tokens.ts';
import { redisOfWorker } from '../engines/redis-of-worker.ts';
import { whenDone } from '../engines/when-done.ts';

type Orders = Client<ReturnType<typeof routesOf<'orders'>>[number]>;

/** Noida to Delhi with one small truck, as Weelo's own documents ask for it. */
export const documentedOrder = {
  pickup: { latitude: 28.5355, longitude: 77.391, address: 'Noida' },
  drop: { latitude: 28.6139, longitude: 77.209, address: 'Delhi' },
  distanceKm: 25,
  vehicleRequirements: [
    { vehicleType: 'TRUCK', vehicleSubtype: 'TATA_ACE', quantity: 1, pricePerTruck: 500 },
  ],
};

type Variables = Readonly<Record<string, string>>;

/**
 * The functions that move orders, on the real engines. `change`: what they find otherwise than the world around
 * them does.
 */
export async function orderWorld(change: (found: Variables) => Variables = () => ({})) {
  const { variables, secrets } = await functionEnvironment();
  Object.assign(process.env, change(variables));
  const { publicKeys, sign } = await issuingTokens();
  secrets.set(variables.PUBLIC_KEYS_SECRET_ARN, JSON.stringify(publicKeys));
  const { handler } = await import('../../../functions/orders.ts');
  const dispatch = await import('../../../functions/dispatch.ts');
  const reconciler = await import('../../../functions/reconcile.ts');
  const orders: Orders = clientOf(routesOf('orders'), into(handler));

  const redis = new Cluster([redisOfWorker().url]);
  whenDone(() => redis.disconnect());
  const sqs = new SQSClient({});
  const sql = sqlIn(variables.DATABASE_NAME);

  let customers = 0;
  const customer = async () => {
    const id = randomUUID();
    customers += 1;
    await sql(
      `INSERT INTO weelo.users (id, role, phone, name) VALUES ($1, 'customer', $2, 'Asha')`,
      [id, String(9_000_000_000 + customers)],
    );
    return { id, token: await sign({ sub: id, sid: randomUUID() }) };
  };

  /** Places the documented order, or another, with a key of its own or the one that is given. */
  const place = (
    token: string,
    { key = randomUUID(), order = documentedOrder }: { key?: string; order?: object } = {},
  ) => orders.placeOrder({ token, idempotencyKey: key, body: order as typeof documentedOrder });

  /** As if this many seconds more had passed since an order was placed. */
  const age = (orderId: string, seconds: number) =>
    sql(
      `UPDATE weelo.orders SET search_deadline = search_deadline - $2 * interval '1 second' WHERE id = $1`,
      [orderId, seconds],
    );

  /** Takes what can be seen on a queue off it. */
  const take = async (queue: 'DISPATCH_QUEUE_URL' | 'NOTIFY_QUEUE_URL') => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: variables[queue],
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 3600,
      }),
    );
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>);
  };

  /** Takes the events off the queue that users are to be told. */
  const told = async () => (await take('NOTIFY_QUEUE_URL')).filter(({ kind }) => kind === 'event');

  const tellDispatch = (...messages: readonly object[]) =>
    dispatch.handler(
      {
        Records: messages.map(
          (message, i) => ({ messageId: String(i), body: JSON.stringify(message) }) as SQSRecord,
        ),
      },
      lambdaContext(),
    );
  const reconcile = () => reconciler.handler({} as ScheduledEvent, lambdaContext(60_000));

  return {
    orders,
    variables,
    sign,
    redis,
    sql,
    customer,
    place,
    age,
    take,
    told,
    tellDispatch,
    reconcile,
  };
}

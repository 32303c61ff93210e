import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Client, Pool } from '@weelo/data';
import type { SQSRecord, ScheduledEvent } from 'aws-lambda';
import { createHash } from 'node:crypto';
import { inject, onTestFinished, vi } from 'vitest';
import { freePort } from 'local-cloud/engines';
import type { Variable } from '../../../src/contract/environment.ts';
import type { Route } from '../../../src/contract/http/route.ts';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { openPostgres } from '../../../src/platform/postgres/postgres.ts';
import { clientOf, type Send } from '../client.ts';
import { SERVICE } from '../engines/database-server.ts';
import { into, lambdaContext } from '../invoke.ts';
import { documentedOrder, orderWorld } from './order-world.ts';
import { whenDone } from '../engines/when-done.ts';

export type RaceWorld = Awaited<ReturnType<typeof raceWorld>>;
export type Replica = Awaited<ReturnType<typeof replica>>;

/**
 * Many environments of the functions that move orders, as under load: each with connections of its own, some with
 * a Redis that is away, so that no lock holds, one with nobody who hears its events. `around`: the world that they
 * are in. Default: a new one. `atOnce`: how many requests each serves at once. Default: more than it has connections.
 */
export async function raceWorld({
  around,
  atOnce = 4,
}: { around?: Awaited<ReturnType<typeof orderWorld>>; atOnce?: number } = {}) {
  const { variables, customer, redis } = around ?? (await orderWorld());
  // Who races asks oftener than a person may.
  Object.assign(process.env, { WEELO_STAGE: 'local', WEELO_RATE_LIMITS: 'off' });
  const { sql, hold } = database(variables.DATABASE_NAME);
  await sql(searchesThatLast);
  await sql(witness);
  const noRedis = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
  const noNotify = { NOTIFY_QUEUE_URL: `${variables.NOTIFY_QUEUE_URL}-gone` };
  const make = (change: Change) => replica(change, variables, atOnce);
  const whole = [await make({}), await make({})] as const;
  const lockless = [
    await make(noRedis),
    await make({ ...noRedis, ...noNotify }),
    await make(noRedis),
    await make({ ...noRedis, ...noNotify }),
  ] as const;

  const postgres = openPostgres({
    host: variables.DATABASE_HOST,
    port: Number(variables.DATABASE_PORT),
    database: variables.DATABASE_NAME,
    tls: 'off',
    credentials: async () => SERVICE,
    onError: () => undefined,
  });

  const dynamodb = new DynamoDBClient({});
  const TableName = variables.IDEMPOTENCY_TABLE;
  /** As if the idempotency table had lost one intent: Powertools names its record so. */
  const forget = async (customerId: string, key: string) => {
    const hash = createHash('sha256').update(JSON.stringify(`${customerId}#${key}`));
    const id = { S: `placeOrder#${hash.digest('base64')}` };
    const deletion = { TableName, Key: { id }, ReturnValues: 'ALL_OLD' } as const;
    return (await dynamodb.send(new DeleteItemCommand(deletion))).Attributes !== undefined;
  };

  const sqs = new SQSClient({});
  /** Takes all that can be seen on a queue off it. */
  const drain = async (queue: 'DISPATCH_QUEUE_URL' | 'NOTIFY_QUEUE_URL') => {
    const taken: Record<string, unknown>[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: variables[queue],
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 3600,
        }),
      );
      if (Messages.length === 0) return taken;
      taken.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>));
    }
  };

  /** As if whoever wrote these events had died before telling them, a while ago. */
  const ageEvents = () =>
    sql(`UPDATE weelo.outbox SET created_at = created_at - interval '1 minute'
         WHERE relayed_at IS NULL AND created_at > now() - interval '30 seconds'`);
  /** Until so many wait for locks. */
  const waiting = (connections: number) => {
    const all = async () => {
      const found = await sql(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (found.length < connections) throw new Error(`Only ${found.length} wait`);
    };
    return vi.waitFor(all, { timeout: 5000, interval: 5 });
  };
  const unlock = (customerId: string) => redis.del(`order:create:${customerId}`);
  const uncache = (orderId: string) => redis.del(`order:${orderId}`);

  return {
    whole,
    lockless,
    replicas: [...whole, ...lockless],
    customer,
    postgres,
    sql,
    hold,
    waiting,
    forget,
    drain,
    ageEvents,
    unlock,
    uncache,
  };
}

type Change = Partial<Record<Variable, string>>;

/** The functions once more, with pools and clients of their own, and some variables of their own. */
async function replica(
  change: Change,
  variables: Readonly<Record<Variable, string>>,
  atOnce: number,
) {
  const { WEELO_STAGE: _, ...restored } = variables;
  Object.assign(process.env, change);
  vi.resetModules();
  const { handler } = await import('../../../functions/orders.ts');
  const dispatch = await import('../../../functions/dispatch.ts');
  const reconciler = await import('../../../functions/reconcile.ts');
  Object.assign(process.env, restored);

  const [serve, consume] = [fewAtOnce(atOnce), fewAtOnce(atOnce)];
  const send: Send = (request) => serve(() => into(handler)(request));
  const orders = clientOf(routesOf('orders'), send);
  const aliased = clientOf(routesOf('orders').map(byAlias), send);
  const tell = (message: object) =>
    consume(() =>
      dispatch.handler(
        { Records: [{ messageId: '1', body: JSON.stringify(message) } as SQSRecord] },
        lambdaContext(),
      ),
    );
  const reconcile = () => reconciler.handler({} as ScheduledEvent, lambdaContext(60_000));
  const place = (
    token: string,
    idempotencyKey: string,
    { order = documentedOrder, alias = false } = {},
  ) => (alias ? aliased : orders).placeOrder({ token, idempotencyKey, body: order });
  return { orders, place, tell, reconcile, isWhole: change.NOTIFY_QUEUE_URL === undefined };
}

/** An environment has connections for one request: with many they would wait for those longer than they may. */
function fewAtOnce(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

const byAlias = <R extends Route>(route: R): R => ({
  ...route,
  path: route.aliases?.[0] ?? route.path,
});

function database(name: string) {
  const { username: user, ...server } = inject('postgres');
  const pool = new Pool({ ...server, user, database: name, max: 2 });
  whenDone(() => pool.end());
  const sql = async <Row = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    (await pool.query<Row & object>(text, values)).rows;
  /** Has a statement's locks until it lets go, with a last word. */
  const hold = async (text: string, values: unknown[]) => {
    const client = new Client({ ...server, user, database: name });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('BEGIN');
    await client.query(text, values);
    return async (last = 'SELECT', its: unknown[] = []) => {
      await client.query(last, its);
      await client.query('COMMIT');
    };
  };
  return { sql, hold };
}

/**
 * How long its search lasts stands at the end of an order's key, in milliseconds: so deadlines come by themselves.
 * Before it, how long the first try hesitates to write it, so that another one overtakes it; and whoever holds the
 * row of its customer holds it up.
 */
const searchesThatLast = `
  CREATE FUNCTION weelo.last_as_long() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM FROM weelo.users WHERE id = NEW.customer_id FOR KEY SHARE;
    IF NEW.idempotency_key LIKE '%-hesitates-%'
       AND pg_try_advisory_xact_lock(hashtextextended(NEW.customer_id || NEW.idempotency_key, 0)) THEN
      PERFORM pg_sleep(substring(NEW.idempotency_key FROM 'hesitates-(\\d+)')::float8 / 1000);
    END IF;
    NEW.search_deadline := COALESCE(
      clock_timestamp() + substring(NEW.idempotency_key FROM 'lasts-(\\d+)$')::int * interval '1 ms',
      NEW.search_deadline
    );
    RETURN NEW;
  END $$;
  CREATE TRIGGER last_as_long BEFORE INSERT ON weelo.orders
    FOR EACH ROW EXECUTE FUNCTION weelo.last_as_long();
`;

/** Notes every transition that is committed, whoever made it, and whether or not it told anybody. */
const witness = `
  CREATE TABLE weelo.witnessed (
    order_id uuid, was weelo.order_status, is_now weelo.order_status, was_open boolean, is_open boolean
  );
  CREATE FUNCTION weelo.witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF TG_OP = 'INSERT' OR (OLD.status, OLD.search_closed_at, OLD.claimed, OLD.filled)
       IS DISTINCT FROM (NEW.status, NEW.search_closed_at, NEW.claimed, NEW.filled) THEN
      INSERT INTO weelo.witnessed VALUES (
        NEW.id, OLD.status, NEW.status, OLD.search_closed_at IS NULL, NEW.search_closed_at IS NULL
      );
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER witness AFTER INSERT OR UPDATE ON weelo.orders
    FOR EACH ROW EXECUTE FUNCTION weelo.witness();
`;

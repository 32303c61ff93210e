import type { ScheduledEvent, SQSRecord } from 'aws-lambda';
import { Cluster } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { expect, inject, vi } from 'vitest';
import * as z from 'zod';
import { functions } from '../../../src/contract/functions.ts';
import { queueMessages } from '../../../src/contract/queues.ts';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { abandonIntents } from '../faults/abandon-intents.ts';
import { clientOf } from '../client.ts';
import { openDoor, type Door } from '../faults/door.ts';
import { functionEnvironment } from '../engines/function-environment.ts';
import { into, lambdaContext } from '../invoke.ts';
import { documentedOrder } from './order-world.ts';
import { startOwnPostgres } from '../engines/own-postgres.ts';
import { redisBehindDoors } from '../engines/redis-behind-doors.ts';
import { issuingTokens } from '../tokens.ts';
import { openTrap, type Trap } from '../faults/trap.ts';
import { whenDone } from '../engines/when-done.ts';

/** What a request that places an order does outside its process, in this order. */
export const moments = {
  'its intent is noted': ['dynamodb', (said) => said.includes('DynamoDB_20120810.PutItem')],
  'it looks what is in the way': ['postgres', (said) => said.includes('LEFT JOIN weelo.orders')],
  'its timers are queued': ['sqs', (said) => said.includes('search-deadline')],
  'it is committed': ['postgres', (said) => said.includes('INSERT INTO weelo.orders')],
  'its wave is told': [
    'sqs',
    (said) => said.includes('search-wave') && !said.includes('search-deadline'),
  ],
  'that is noted': ['postgres', (said) => said.includes('UPDATE weelo.outbox')],
  'its answer is kept': ['dynamodb', (said) => said.includes('DynamoDB_20120810.UpdateItem')],
} as const satisfies Record<string, readonly [Engine, (said: string) => boolean]>;

export type Moment = keyof typeof moments;
type Engine = 'postgres' | 'dynamodb' | 'sqs';

/** An engine's door, and a trap behind it. */
export interface Way {
  readonly door: Door;
  readonly trap: Trap;
}

export async function openWay(target: number): Promise<Way> {
  const trap = await openTrap(target);
  return { trap, door: await openDoor(trap.port) };
}

const portOf = (url: string) => Number(new URL(url).port);
const local = (port: number) => `http://127.0.0.1:${port}`;
const behind = (url: string, { door }: Way) => url.replace(/:\d+/, `:${door.port}`);

const Page = z.object({ messages: z.record(z.string(), z.array(z.unknown())) });
const Queued = z.union([
  queueMessages.dispatch['search-wave'],
  queueMessages.dispatch['search-deadline'],
  queueMessages.dispatch['order-changed'],
]);

export type FaultyOrderWorld = Awaited<ReturnType<typeof faultyOrderWorld>>;

/** The functions that move orders, with a Redis and a PostgreSQL of their own, and a way to each engine. */
export async function faultyOrderWorld() {
  const [redis, postgres, dynamodb, sqs] = await Promise.all([
    redisBehindDoors(),
    startOwnPostgres(),
    openWay(portOf(inject('dynamodb').endpoint)),
    openWay(portOf(inject('sqs').endpoint)),
  ]);
  whenDone(async () => {
    await postgres.stop();
  });
  const ways = { postgres: await openWay(postgres.port), dynamodb, sqs };
  const { variables, secrets } = await functionEnvironment();
  const { publicKeys, sign } = await issuingTokens();
  secrets.set(variables.PUBLIC_KEYS_SECRET_ARN, JSON.stringify(publicKeys));
  Object.assign(process.env, {
    REDIS_URL: redis.url,
    REDIS_MODE: 'cluster',
    DATABASE_NAME: postgres.database,
    DATABASE_PORT: String(ways.postgres.door.port),
    AWS_ENDPOINT_URL_DYNAMODB: local(dynamodb.door.port),
    AWS_ENDPOINT_URL_SQS: local(sqs.door.port),
    DISPATCH_QUEUE_URL: behind(variables.DISPATCH_QUEUE_URL, sqs),
    NOTIFY_QUEUE_URL: behind(variables.NOTIFY_QUEUE_URL, sqs),
  });
  const { handler } = await import('../../../functions/orders.ts');
  const reconciler = await import('../../../functions/reconcile.ts');
  const dispatch = await import('../../../functions/dispatch.ts');
  const notify = await import('../../../functions/notify.ts');
  const within = (remainingMs?: number) =>
    clientOf(routesOf('orders'), into(handler, { remainingMs }));
  const orders = within();

  const { sql } = postgres;
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

  /** Places the documented order; says what came of it, and how long it took. `lambdaMs`: how long it may take. */
  const place = async (token: string, key: string, lambdaMs?: number) => {
    const start = performance.now();
    const { body, error } = await within(lambdaMs).placeOrder({
      token,
      idempotencyKey: key,
      body: documentedOrder,
    });
    const ms = Math.round(performance.now() - start);
    return { answer: error?.code ?? 201, orderId: body?.order.id, error, ms };
  };

  const ordersOf = async (customerId: string) => {
    const rows = await sql<{ id: string }>('SELECT id FROM weelo.orders WHERE customer_id = $1', [
      customerId,
    ]);
    return rows.map(({ id }) => id);
  };

  /** Every message to dispatch about an order, those that nobody may see yet included. */
  const queuedFor = async (orderId: string) => {
    const name = variables.DISPATCH_QUEUE_URL.split('/').at(-1);
    const page = await fetch(`${inject('sqs').endpoint}/_fauxqs/queues/${name}`);
    const { messages } = Page.parse(await page.json());
    const bodies = Object.values(messages)
      .flat()
      .map((each) => bodyOf(each));
    return bodies.filter((message) => message.orderId === orderId);
  };

  /** Delivers messages as Lambda does; says which failed, by their number, and how much time was left then. */
  const deliver = async (to: 'dispatch' | 'notify', ...messages: readonly object[]) => {
    const context = lambdaContext(functions[to].timeoutSeconds * 1000);
    const Records = messages.map(
      (message, i) => ({ messageId: String(i), body: JSON.stringify(message) }) as SQSRecord,
    );
    const { handler: consume } = to === 'dispatch' ? dispatch : notify;
    const { batchItemFailures } = await consume({ Records }, context);
    const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
    return { failed: failed.toSorted(), msLeft: context.getRemainingTimeInMillis() };
  };

  /** As it runs when what was left behind is old enough to be told by others. */
  const reconcile = async () => {
    await sql(`UPDATE weelo.outbox SET created_at = created_at - interval '10 seconds'`);
    await reconciler.handler({} as ScheduledEvent, lambdaContext(60_000));
  };
  const untold = () => sql('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL');

  /** With everything repaired: one order, however often it was asked for, and all of it is told. */
  const expectWhole = async (
    { id, token }: Awaited<ReturnType<typeof customer>>,
    key: string,
    before: readonly Awaited<ReturnType<typeof place>>[],
  ) => {
    const again = await place(token, key);
    expect([201, 'CONCURRENT_REQUEST']).toContain(again.answer);
    if (again.answer !== 201) expect(again.error?.retryAfterMs).toBe(1000);
    await abandonIntents(inject('dynamodb').endpoint, variables.IDEMPOTENCY_TABLE);
    const last = await place(token, key);
    expect(last.answer).toBe(201);
    const answers = [...before, again, last].flatMap(({ orderId }) => orderId ?? []);
    expect(await ordersOf(id)).toEqual([...new Set(answers)]);
    expect(await ordersOf(id)).toHaveLength(1);

    const orderId = last.orderId ?? '';
    await reconcile();
    expect(await untold()).toEqual([]);
    const queued = await queuedFor(orderId);
    const waves = queued.filter(({ kind }) => kind === 'search-wave');
    const numbers = waves.flatMap((each) => (each.kind === 'search-wave' ? each.wave : []));
    expect([...new Set(numbers)].toSorted()).toEqual([1, 2, 3, 4]);
    // The first one is also told when the order is committed.
    expect(numbers.filter((each) => each === 1).length).toBeGreaterThan(1);
    expect(queued).toContainEqual({ kind: 'search-deadline', orderId });
  };

  const at = (moment: Moment) => {
    const [engine, seen] = moments[moment];
    const { trap } = ways[engine];
    return {
      before: (act: Parameters<Trap['before']>[1]) => trap.before(seen, act),
      after: (act: Parameters<Trap['after']>[1]) => trap.after(seen, act),
    };
  };

  /** Until nobody works on an order of this customer's any more. */
  const unlocked = async (customerId: string) => {
    const locks = new Cluster([redis.url]);
    const isLocked = () => locks.exists(`order:create:${customerId}`);
    await vi
      .waitFor(async () => expect(await isLocked()).toBe(0), patience)
      .finally(() => locks.disconnect());
  };

  /** Everything is there again, and was found again. */
  const heal = async () => {
    const doors = [...Object.values(ways).map(({ door }) => door), ...redis.doors];
    await Promise.all(doors.map((door) => door.open()));
    for (const door of doors) {
      door.thaw();
      door.lengthen(0);
    }
    await vi.waitFor(async () => expect(await postgres.isBack()).toBe(true), patience);
    const { token } = await customer();
    await vi.waitFor(async () => {
      // Calls are counted in Redis, when it is there.
      const { status, headers } = await orders.checkActiveOrder({ token });
      expect([status, headers['ratelimit-limit']]).toEqual([200, '120']);
    }, patience);
  };

  return {
    redis,
    postgres,
    sql,
    ways,
    at,
    heal,
    orders,
    customer,
    place,
    deliver,
    queuedFor,
    ordersOf,
    unlocked,
    expectWhole,
  };
}

/** How long an engine may take to come back. */
const patience = { timeout: 20_000, interval: 50 };

const Body = z.union([
  z.object({ body: z.string() }).transform(({ body }) => body),
  z.object({ message: z.object({ body: z.string() }) }).transform(({ message }) => message.body),
]);

function bodyOf(message: unknown): z.output<typeof Queued> {
  return Queued.parse(JSON.parse(Body.parse(message)));
}

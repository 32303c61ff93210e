import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Cluster } from 'ioredis';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cloud, startCloud } from 'local-cloud';
import { plantSeed } from '../../local/start/seed.ts';
import { synthesizedApp } from '../../local/start/synthesized.ts';
import { weeloSettings } from '../../local/start/weelo-settings.ts';
import { cancelOrder, placeOrder } from '../../src/contract/http/orders/routes.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { abandonIntents } from '../support/faults/abandon-intents.ts';
import { clientOf, type Client, type HttpRequest } from '../support/client.ts';
import { signerOf } from '../support/cloud-token.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { eventOf } from '../support/invoke.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { requestTo } from '../support/requests.ts';
import { openTrap, type Trap } from '../support/faults/trap.ts';

const oneCall = join(import.meta.dirname, '../../bench/cold-start/first-call.cjs');

let cloud: Cloud;
let api: Client<(typeof routes)[number]>;
let token: string;
let aws: Trap;
let postgres: Trap;
/** Orders whose first wave dispatch has begun, and when, as often as it did. */
const begun: { readonly orderId: string; readonly at: number }[] = [];

beforeAll(async () => {
  cloud = await startCloud({
    assembly: await synthesizedApp('local', () => undefined),
    ...weeloSettings,
    // One customer asks for all of it.
    variables: { WEELO_RATE_LIMITS: 'off' },
    onLog: ({ line }) => {
      const orderId = /"Wave begun".*"orderId":"([^"]+)","wave":1\b/.exec(line)?.[1];
      if (orderId) begun.push({ orderId, at: Date.now() });
    },
  });
  await plantSeed(cloud);
  api = clientOf(routes, overTheWire(cloud.origin));
  const sign = await signerOf(cloud.processOf('weelo-local-auth').variables);
  token = await sign({});
  aws = await openTrap(Number(new URL(cloud.awsEndpoint).port));
  postgres = await openTrap(cloud.engines.postgres?.port ?? 0);
  await warmUp();
});
afterAll(() => cloud.stop());

/** How long a first start of dispatch takes on a busy machine is no matter here. */
async function warmUp() {
  const { body } = await place(randomUUID());
  const id = body?.order.id ?? '';
  await vi.waitFor(() => expect(begun).toHaveLength(1), { timeout: 15_000 });
  await api.cancelOrder({ token, params: { id }, body: {} });
}

const variables = () => cloud.processOf('weelo-local-orders').variables;

function sql<Row>(text: string, values: unknown[] = []) {
  const { postgres: engine } = cloud.engines;
  if (!engine) throw new Error('PostgreSQL does not run');
  return asMaster(engine, variables()['DATABASE_NAME'] ?? '', async (client) => {
    const { rows } = await client.query<Row & object>(text, values);
    return rows;
  });
}

/** The orders function, in a process that reaches everything through the traps. */
function startOrders(event: unknown) {
  const { settings } = cloud.processOf('weelo-local-orders');
  const [path = '', exported = ''] = settings.handler.split('.');
  const trapped = Object.entries(variables()).map(([name, value]) => [
    name,
    value.replace(cloud.awsEndpoint, `http://127.0.0.1:${aws.port}`),
  ]);
  const env = { ...Object.fromEntries(trapped), DATABASE_PORT: String(postgres.port) };
  const args = [oneCall, join(settings.taskRoot, `${path}.js`), exported, JSON.stringify(event)];
  const child = spawn(process.execPath, args, {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const answered: unknown[] = [];
  child.stdio[3]?.on('data', (bytes) => answered.push(bytes));
  return { child, answered };
}

const told = (said: string) => said.includes('search-wave') && !said.includes('search-deadline');
const kept = (said: string) => said.includes('DynamoDB_20120810.UpdateItem');
const committed = (said: string) => said.includes('INSERT INTO weelo.orders');

/** Places an order by a process that is killed at a moment, and answers nothing. */
function killed(key: string, trap: Trap, side: 'before' | 'after', seen: typeof told) {
  const headers = { 'x-idempotency-key': key };
  const request = requestTo(placeOrder, { token, body: documentedOrder, headers });
  return killedAt(request, trap, side, seen);
}

async function killedAt(
  request: HttpRequest,
  trap: Trap,
  side: 'before' | 'after',
  seen: typeof told,
) {
  trap[side](seen, async () => {
    child.kill('SIGKILL');
    return 'lost';
  });
  const { child, answered } = startOrders(eventOf(request));
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  expect(answered).toEqual([]);
}

const placed = (idempotencyKey: string) =>
  sql<{ id: string; created_at: Date }>(
    'SELECT id, created_at FROM weelo.orders WHERE idempotency_key = $1',
    [idempotencyKey],
  );
const place = (idempotencyKey: string) =>
  api.placeOrder({ token, idempotencyKey, body: documentedOrder });

/** As when ten seconds have passed. */
async function endLock() {
  const redis = new Cluster([cloud.engines.redis?.url ?? '']);
  await redis.ping();
  await redis.del(`order:create:${decodeJwt(token).sub}`);
  redis.disconnect();
}

/** What the customer's app finds when it asks again, at once and when the time of the dead one is over. */
async function retried(key: string, lockEnds: () => Promise<void>) {
  const { error, headers } = await place(key);
  expect(error?.code).toBe('CONCURRENT_REQUEST');
  expect(headers['retry-after']).toBe('1');
  const engine = cloud.engines.dynamodb?.endpoint ?? '';
  await abandonIntents(engine, variables()['IDEMPOTENCY_TABLE'] ?? '');
  await lockEnds();
  const patience = { timeout: 15_000, interval: 500 };
  await expect.poll(async () => (await place(key)).status, patience).toBe(201);
  return place(key);
}

describe('the orders function is killed', () => {
  test.each([
    ['after the commit, and has told nobody', () => aws, 'before', told],
    ['when it was committed, before it knows', () => postgres, 'after', committed],
    ['before its answer is kept', () => aws, 'before', kept],
  ] as const)('%s: wave 1 begins within seconds', async (_, trap, side, seen) => {
    const key = randomUUID();
    await killed(key, trap(), side, seen);
    const [order, ...others] = await placed(key);
    expect(others).toEqual([]);
    const { id = '', created_at: at } = order ?? {};
    await expect
      .poll(() => begun.filter(({ orderId }) => orderId === id).length, { timeout: 20_000 })
      .toBe(1);
    const wave = begun.find(({ orderId }) => orderId === id);
    // Two seconds if the machine has time. Without the message from before the commit, it is two minutes.
    expect((wave?.at ?? Infinity) - (at?.getTime() ?? 0)).toBeLessThan(10_000);

    const { body, headers } = await retried(key, endLock);
    expect(body?.order.id).toBe(id);
    expect(headers['idempotent-replayed']).toBe('true');
    expect(await placed(key)).toHaveLength(1);

    // What it left untold is told, and changes nothing: the wave has begun.
    await sql(`UPDATE weelo.outbox SET created_at = created_at - interval '10 seconds'`);
    await cloud.fire('Reconciler/Schedule');
    expect(await sql('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL')).toEqual([]);
    const cancelled = await api.cancelOrder({ token, params: { id }, body: {} });
    expect(cancelled.body?.status).toBe('cancelled');
    expect(begun.filter(({ orderId }) => orderId === id)).toHaveLength(1);
  });

  test('after a cancellation was committed: the next reader sees it, and it is told', async () => {
    const { body } = await place(randomUUID());
    const params = { id: body?.order.id ?? '' };
    const status = async () => (await api.getOrderStatus({ token, params })).body?.status;
    // It is cached as it is.
    expect(await status()).toBe('broadcasting');
    const request = requestTo(cancelOrder, { token, params, body: {} });
    await killedAt(request, postgres, 'after', (said) => said.includes('COMMIT'));
    expect(await status()).toBe('cancelled');
    await sql(`UPDATE weelo.outbox SET created_at = created_at - interval '10 seconds'`);
    await cloud.fire('Reconciler/Schedule');
    expect(await sql('SELECT id FROM weelo.outbox WHERE relayed_at IS NULL')).toEqual([]);
  });

  test('before the commit: there is no order until it is asked for again, and then one', async () => {
    const key = randomUUID();
    await killed(key, postgres, 'before', committed);
    expect(await placed(key)).toEqual([]);
    // The dead one had the lock, which runs out by itself.
    const { body } = await retried(key, async () => undefined);
    const [order, ...others] = await placed(key);
    expect(order?.id).toBe(body?.order.id);
    expect(others).toEqual([]);
    await expect
      .poll(() => begun.filter(({ orderId }) => orderId === order?.id).length, { timeout: 20_000 })
      .toBe(1);
  });
});

import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { KnownOrders, ordersNamedIn } from '../support/known-orders.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { connectSocket, type SocketClient } from '../support/socket-client.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';

/** `npm run test:long` has a thousand, of up to two minutes. */
const cuts = Number(process.env['CUTS'] ?? 30);
const longestCutMs = Number(process.env['LONGEST_CUT_MS'] ?? 1500);
const cutsPerClient = 5;
const clients = Math.ceil(cuts / cutsPerClient);
/** All together place some three orders a second: cuts are tested here, not how much one machine can do. */
const longestPauseMs = clients * 300;

let cloud: WeeloCloud;
let api: Client<(typeof routes)[number]>;
beforeAll(async () => {
  // Each customer orders more often than a person may.
  cloud = await startWeeloCloud(() => undefined, { variables: { WEELO_RATE_LIMITS: 'off' } });
  api = clientOf(routes, overTheWire(cloud.origin));
});
afterAll(() => cloud.stop());

async function sql<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
  const { postgres } = cloud.engines;
  if (!postgres) throw new Error('PostgreSQL does not run');
  return asMaster(
    postgres,
    cloud.processOf('orders').variables['DATABASE_NAME'] ?? '',
    async (db) => {
      const { rows } = await db.query<Row & object>(text, values);
      return rows;
    },
  );
}

async function newCustomer(phone: number) {
  const userId = randomUUID();
  await sql(`INSERT INTO weelo.users (id, role, phone) VALUES ($1, 'customer', $2)`, [
    userId,
    String(phone),
  ]);
  return { userId, token: await cloud.accessToken({ userId }), known: new KnownOrders() };
}

type Customer = Awaited<ReturnType<typeof newCustomer>>;

/** Connects, and knows by the end what it has missed. Where it is refused, it tries again, as an app does. */
async function comeBack({ token, known }: Customer): Promise<SocketClient> {
  for (;;) {
    let socket: SocketClient | undefined;
    try {
      socket = await connectSocket(cloud.origin, token, ({ data }) => known.learn(data));
      const expected = known.live;
      await socket.say('resume');
      known.endUnnamed(expected, ordersNamedIn(socket.heard));
      return socket;
    } catch {
      // What still came on this one would be older than what the next one is told.
      socket?.cut();
      await pause(randomInt(100, 500));
    }
  }
}

/** Is connected for a while, and then away for a while, again and again. */
async function beCut(customer: Customer): Promise<void> {
  for (let i = 0; i < cutsPerClient; i += 1) {
    const socket = await comeBack(customer);
    await pause(randomInt(longestCutMs / 10 + 200));
    socket.cut();
    await pause(randomInt(longestCutMs + 1));
  }
}

/** A machine that is busy may say so: then the app asks again. */
async function untilDone<Body>(
  ask: () => Promise<{ readonly body?: Body; readonly error?: { readonly code: string } }>,
): Promise<Body> {
  for (;;) {
    const { body, error } = await ask();
    if (body) return body;
    expect(['SERVICE_UNAVAILABLE', 'CONCURRENT_REQUEST']).toContain(error?.code);
    await pause(randomInt(200, 600));
  }
}

/** With the same key however often it is asked. */
async function place(token: string): Promise<string> {
  const placing = { token, idempotencyKey: randomUUID(), body: documentedOrder };
  const { order } = await untilDone(() => api.placeOrder(placing));
  return order.id;
}

/** Places orders, each of which is cancelled, or not found in time. */
async function order({ token, known }: Customer, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const id = await place(token);
    known.learn({ orderId: id, status: 'broadcasting', eventVersion: 1 });
    await pause(randomInt(longestPauseMs));
    if (randomInt(3) > 0) {
      await untilDone(() => api.cancelOrder({ token, params: { id }, body: {} }));
    } else {
      await sql(`UPDATE weelo.orders SET search_deadline = now() WHERE id = $1`, [id]);
      await untilDone(() => api.checkActiveOrder({ token }));
    }
    await pause(randomInt(longestPauseMs));
  }
}

interface Stored {
  readonly id: string;
  readonly owner: string;
  readonly status: string;
  /** P6: also if nobody has ended it yet. */
  readonly over: boolean;
}

const stored = () =>
  sql<Stored>(
    `SELECT id, customer_id AS owner, status,
            search_closed_at IS NOT NULL OR search_deadline <= now() AS over
     FROM weelo.orders`,
  );

/** Nobody cancels any more, so what is live now was live when its client came back, and was told then. */
function expectLiveOnesKnown(rows: readonly Stored[], customers: readonly Customer[]): void {
  const live = rows.filter(({ over }) => !over);
  const unknown = customers.flatMap(({ userId, known }) =>
    live.filter(({ id, owner }) => owner === userId && !known.live.includes(id)),
  );
  expect(live.length, 'there is something to know').toBeGreaterThan(0);
  expect(unknown).toEqual([]);
}

async function expectSameAsServer(customers: readonly Customer[]): Promise<void> {
  const rows = await stored();
  for (const { userId, known } of customers) {
    const theirs = rows.filter(({ owner }) => owner === userId);
    const live = theirs.filter(({ over }) => !over).map(({ id }) => id);
    expect(known.live.toSorted()).toEqual(live.toSorted());
    for (const { id, status, over } of theirs) {
      expect([status, ...(over ? ['over', 'expired'] : [])]).toContain(known.all.get(id)?.status);
    }
  }
}

test(
  `after ${cuts} cuts of up to ${longestCutMs} ms, each client knows what the server knows`,
  { timeout: 20 * 60_000 },
  async () => {
    const customers: Customer[] = [];
    for (let i = 0; i < clients; i += 1) customers.push(await newCustomer(7_000_000_000 + i));
    const done = new AbortController();
    const ordering = customers.map((each) => order(each, done.signal));
    await Promise.all(customers.map(beCut));
    done.abort();
    await Promise.all(ordering);

    // On another device: only resume tells of it.
    await Promise.all(customers.filter((_, i) => i % 2 === 0).map(({ token }) => place(token)));
    const sockets = await Promise.all(customers.map(comeBack));
    expectLiveOnesKnown(await stored(), customers);
    // An order may end right now. Then its client is told in a moment.
    await vi.waitFor(() => expectSameAsServer(customers), { timeout: 90_000, interval: 500 });
    for (const each of sockets) each.cut();
    expect(customers.flatMap(({ known }) => known.revived)).toEqual([]);
    const applied = customers.reduce((sum, { known }) => sum + known.applied, 0);
    const known = customers.reduce((sum, each) => sum + each.known.all.size, 0);
    expect(applied).toBeGreaterThan(known);
  },
);

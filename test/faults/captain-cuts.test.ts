import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { queueUrlOf } from 'local-cloud/engines';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { clientOf, type Client } from '../support/client.ts';
import { asMaster } from '../support/engines/database-server.ts';
import { kindsIn, KnownOffers, offersNamedIn } from '../support/known-offers.ts';
import { overTheWire } from '../support/over-the-wire.ts';
import { connectSocket, type SocketClient } from '../support/socket-client.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';

/** `npm run test:long` has a thousand. */
const cuts = Number(process.env['CUTS'] ?? 16);
const captains = 8;
const cutsPerRound = 2;
const rounds = Math.ceil(cuts / (captains * cutsPerRound));
const customers = 4;
/** In milliseconds: how long a captain is connected, or away, and how long a customer or a captain thinks. */
const longest = 800;

const tataAce = {
  key: 'mini_tata_ace',
  vehicleType: 'mini',
  vehicleSubtype: 'Mini Truck - Tata Ace',
} as const;
const open17 = { key: 'open_17_ft', vehicleType: 'open', vehicleSubtype: '17 Feet' } as const;
type Kind = typeof tataAce | typeof open17;

let cloud: WeeloCloud;
let api: Client<(typeof routes)[number]>;
let sqs: SQSClient;
beforeAll(async () => {
  // People do more here in a minute than a person may.
  cloud = await startWeeloCloud(() => undefined, { variables: { WEELO_RATE_LIMITS: 'off' } });
  api = clientOf(routes, overTheWire(cloud.origin));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = cloud.engines.sqs?.endpoint ?? '';
  sqs = new SQSClient({ endpoint, region: 'ap-south-1', credentials });
});
afterAll(async () => {
  sqs.destroy();
  await cloud.stop();
});

async function sql<Row>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
  const { postgres } = cloud.engines;
  if (!postgres) throw new Error('PostgreSQL does not run');
  const name = cloud.processOf('orders').variables['DATABASE_NAME'] ?? '';
  return asMaster(postgres, name, async (db) => {
    const { rows } = await db.query<Row & object>(text, values);
    return rows;
  });
}

async function newCustomer(number: number) {
  const userId = randomUUID();
  await sql(`INSERT INTO weelo.users (id, role, phone, name) VALUES ($1, 'customer', $2, 'Asha')`, [
    userId,
    String(7_100_000_000 + number),
  ]);
  return cloud.accessToken({ userId });
}

/** A truck, and a driver who is online. */
interface Crew {
  readonly kind: Kind;
  readonly vehicleId: string;
  readonly driverId: string;
}

interface Captain {
  readonly userId: string;
  readonly token: string;
  readonly crews: readonly Crew[];
  readonly known: KnownOffers;
  readonly holds: Map<string, { readonly orderId: string; readonly kind: Kind }>;
}

async function newCaptain(number: number): Promise<Captain> {
  const userId = randomUUID();
  await sql(
    `INSERT INTO weelo.users (id, role, phone, name) VALUES ($1, 'transporter', $2, 'Ravi')`,
    [userId, String(7_200_000_000 + number)],
  );
  const kinds =
    [[tataAce, open17], [tataAce], [open17], [tataAce, tataAce, open17]][number % 4] ?? [];
  const crews = kinds.map((kind) => ({ kind, vehicleId: randomUUID(), driverId: randomUUID() }));
  for (const [i, crew] of crews.entries()) await newCrew(userId, crew, 10 * number + i);
  const token = await cloud.accessToken({ role: 'transporter', userId });
  return { userId, token, crews, known: new KnownOffers(), holds: new Map() };
}

async function newCrew(owner: string, { kind, vehicleId, driverId }: Crew, number: number) {
  await sql(
    `INSERT INTO weelo.vehicles (id, transporter_id, number, vehicle_key, vehicle_type, vehicle_subtype, capacity)
     VALUES ($1, $2, $3, $4, $5, $6, '1 Ton')`,
    [vehicleId, owner, `KA02AB${1000 + number}`, kind.key, kind.vehicleType, kind.vehicleSubtype],
  );
  await sql(
    `WITH d AS (
       INSERT INTO weelo.users (id, role, phone, name, transporter_id)
       VALUES ($1, 'driver', $2, 'Ramesh', $3) RETURNING id
     ), s AS (
       INSERT INTO weelo.sessions (id, user_id, expires_at)
       SELECT $4, id, now() + interval '1 day' FROM d RETURNING id, user_id
     )
     INSERT INTO weelo.driver_availability (driver_id, session_id, is_available)
     SELECT user_id, id, true FROM s`,
    [driverId, String(7_300_000_000 + number), owner, randomUUID()],
  );
}

const oneOf = <T>(items: readonly T[]): T | undefined => items[randomInt(items.length || 1)];
const think = () => pause(randomInt(longest));

/** A person may be refused, because somebody else was quicker. A fault of ours is none of that. */
function expectNoFault(error: { readonly code: string } | undefined): void {
  expect(error?.code).not.toBe('INTERNAL_ERROR');
}

/** Connects, and knows by the end what it has missed. Where it is refused, it tries again, as an app does. */
async function comeBack({ token, known }: Captain): Promise<SocketClient> {
  for (;;) {
    let socket: SocketClient | undefined;
    try {
      socket = await connectSocket(cloud.origin, token, (heard) => known.learn(heard));
      const expected = Object.keys(known.live);
      const before = socket.heard.length;
      await socket.say('resume');
      known.endUnnamed(expected, offersNamedIn(socket.heard.slice(before)));
      return socket;
    } catch {
      // What still came on this one would be older than what the next one is told.
      socket?.cut();
      await pause(randomInt(100, 500));
    }
  }
}

/** Is connected for a while, and then away for a while, and in the end connected. */
async function beCut(captain: Captain): Promise<SocketClient> {
  for (let i = 0; i < cutsPerRound; i += 1) {
    const socket = await comeBack(captain);
    await think();
    socket.cut();
    await think();
  }
  return comeBack(captain);
}

/** Answers offers: takes trucks, declines, or holds trucks and then gives them back, confirms, or keeps them. */
async function answerOffers(captain: Captain, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await think();
    const orderId = oneOf(Object.keys(captain.known.live));
    const crew = oneOf(captain.crews);
    if (orderId === undefined || !crew) continue;
    const ways = [decline, take, hold, hold, hold, endHold, endHold] as const;
    await oneOf(ways)?.(captain, orderId, crew);
  }
}

async function decline({ token, known }: Captain, orderId: string): Promise<void> {
  const { body, error } = await api.declineBroadcast({ token, params: { id: orderId }, body: {} });
  expectNoFault(error);
  if (body) known.decline(orderId);
}

async function take({ token }: Captain, orderId: string, crew: Crew): Promise<void> {
  const { vehicleId, driverId } = crew;
  const params = { id: orderId };
  expectNoFault(
    (await api.acceptBroadcast({ token, params, body: { vehicleId, driverId } })).error,
  );
}

async function hold({ token, known, holds }: Captain, orderId: string, { kind }: Crew) {
  const { vehicleType, vehicleSubtype } = kind;
  const body = { orderId, vehicleType, vehicleSubtype, quantity: 1 };
  const { body: held, error } = await api.holdTrucks({ token, body });
  expectNoFault(error);
  if (!held) return;
  holds.set(held.holdId, { orderId, kind });
  known.hold(orderId, kind, true);
}

/** Ends a hold of its own, if it has one. */
async function endHold({ token, known, holds, crews }: Captain): Promise<void> {
  const [holdId, held] = oneOf([...holds]) ?? [];
  if (holdId === undefined || !held) return;
  const pairs = crews.flatMap(({ kind, ...pair }) => (kind === held.kind ? pair : []));
  const confirming = { holdId, assignments: pairs.slice(0, 1) };
  const { error } =
    randomInt(2) === 0
      ? await api.releaseHold({ token, body: { holdId } })
      : await api.confirmHold({ token, body: confirming });
  expectNoFault(error);
  // A vehicle or a driver may be on another trip: then the trucks are still held.
  if (error?.code === 'CONFIRM_FAILED') return;
  holds.delete(holdId);
  known.hold(held.orderId, held.kind, false);
}

interface Placed {
  readonly token: string;
  readonly id: string;
}

/** Places orders. Each is cancelled, or its deadline passes, or it is left as it is for the next moment of quiet. */
async function order(token: string, signal: AbortSignal): Promise<Placed | undefined> {
  for (;;) {
    const lines = [tataAce, open17].filter(() => randomInt(3) > 0);
    const vehicleRequirements = (lines.length > 0 ? lines : [tataAce]).map(
      ({ vehicleType, vehicleSubtype }) => ({
        vehicleType,
        vehicleSubtype,
        quantity: randomInt(1, 3),
        pricePerTruck: 5000,
      }),
    );
    const body = { ...documentedOrder, vehicleRequirements };
    const id = await place(token, body);
    await pause(randomInt(longest, 4 * longest));
    if (signal.aborted) return { token, id };
    if (randomInt(3) === 0) await expire(token, id);
    await cancel({ token, id });
  }
}

/** A machine that is busy may say so: then the app asks again, with the same key. */
async function place(token: string, body: typeof documentedOrder): Promise<string> {
  const idempotencyKey = randomUUID();
  for (;;) {
    const { body: placed, error } = await api.placeOrder({ token, idempotencyKey, body });
    if (placed) return placed.order.id;
    expect(['SERVICE_UNAVAILABLE', 'CONCURRENT_REQUEST']).toContain(error.code);
    await pause(randomInt(200, 600));
  }
}

/** As if the minute had gone by: not while trucks are held, for the app of who holds them has a timer of its own. */
async function expire(token: string, id: string): Promise<void> {
  await sql(`UPDATE weelo.orders SET search_deadline = now() WHERE id = $1 AND claimed = filled`, [
    id,
  ]);
  await api.checkActiveOrder({ token });
  await think();
}

/** Frees the trucks and their drivers, too. */
async function cancel({ token, id }: Placed): Promise<void> {
  expectNoFault((await api.cancelOrder({ token, params: { id }, body: {} })).error);
}

/** What still has to be done or told, now. Timers lie ahead, and do not count. */
async function workLeft() {
  const [events] = await sql<{ unsent: number }>(
    `SELECT count(*)::int AS unsent FROM weelo.outbox WHERE relayed_at IS NULL`,
  );
  const [dispatch, notify] = await Promise.all([
    messagesOn('DISPATCH_QUEUE_URL'),
    messagesOn('NOTIFY_QUEUE_URL'),
  ]);
  return { unsent: events?.unsent, dispatch, notify };
}

const none = { unsent: 0, dispatch: 0, notify: 0 };

/** What could not be sent at once is the reconciler's, which would come within two minutes. */
async function untilQuiet(): Promise<void> {
  await vi.waitFor(
    async () => {
      const left = await workLeft();
      if (left.unsent !== 0) await cloud.fire('Reconciler/Schedule');
      expect(left).toEqual(none);
    },
    { timeout: 240_000, interval: 250 },
  );
}

async function messagesOn(variable: string): Promise<number> {
  const name = (cloud.processOf('orders').variables[variable] ?? '').split('/').at(-1) ?? '';
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrlOf(cloud.engines.sqs?.endpoint ?? '', name),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, each) => sum + Number(each), 0);
}

/** Changes with every change of an order. */
async function versions(): Promise<unknown> {
  return sql(`SELECT sum(event_version) AS all FROM weelo.orders`);
}

async function onOfferTo({ token }: Captain) {
  const { body } = await api.listBroadcasts({ token, query: {} });
  const offers = body?.broadcasts.map((each) => [each.orderId, kindsIn(each.requestedVehicles)]);
  return Object.fromEntries(offers ?? []) as KnownOffers['live'];
}

async function beatAll(captains: readonly Captain[]): Promise<void> {
  const { latitude, longitude } = documentedOrder.pickup;
  await Promise.all(
    captains.map(({ token }) => api.beat({ token, body: { latitude, longitude } })),
  );
}

type Offers = readonly KnownOffers['live'][];

/** Of each order that a captain does not know as it is: what was told, and what the captain heard. */
async function explained(all: readonly Captain[], known: Offers, live: Offers): Promise<string> {
  const stories = all.flatMap((captain, i) => {
    const ids = new Set([...Object.keys(known[i] ?? {}), ...Object.keys(live[i] ?? {})]);
    const differs = (id: string) =>
      JSON.stringify(known[i]?.[id]) !== JSON.stringify(live[i]?.[id]);
    return [...ids].filter(differs).map((orderId) => ({ captain, orderId }));
  });
  const lines = stories.map(async ({ captain: { userId, known: offers }, orderId }) => {
    const told = await sql<{ event: string }>(
      `SELECT concat_ws(' ', event_version, message->>'event', message->>'kind', message->'data'->>'reason',
                        message->'data'->>'trucksRemaining', message->>'name', message->>'vehicleKey',
                        CASE WHEN message->'to' ? $2 THEN 'to it' END) AS event
       FROM weelo.outbox WHERE order_id = $1 ORDER BY event_version, part`,
      [orderId, userId],
    );
    const [now] = await sql(
      `SELECT o.event_version AS version, f.told_kinds AS told, f.closed_at AS closed,
              (SELECT json_agg(concat_ws(' ', t.vehicle_key, t.status)) FROM weelo.truck_requests t WHERE t.order_id = o.id) AS trucks,
              (SELECT json_agg(concat_ws(' ', h.order_id, h.vehicle_key, h.quantity, h.status, h.ended_at)) FROM weelo.holds h
                WHERE h.transporter_id = $2 AND (h.status = 'active' OR h.ended_at > now() - interval '1 minute')) AS holds,
              (SELECT json_agg(concat_ws(' ', v.vehicle_key, v.status, v.last_status_change)) FROM weelo.vehicles v WHERE v.transporter_id = $2) AS vehicles
       FROM weelo.orders o JOIN weelo.offers f ON f.order_id = o.id AND f.transporter_id = $2 WHERE o.id = $1`,
      [orderId, userId],
    );
    const heard = offers.heardOf(orderId).join(', ');
    const all = told.map(({ event }) => event).join('; ');
    return `${orderId}: ${JSON.stringify(now)}; told ${all}; heard ${heard}`;
  });
  return (await Promise.all(lines)).join('\n');
}

/** Answers how many offers are live. A moment in which something happened does not count: it is looked at again. */
async function expectSameAsServer(
  all: readonly Captain[],
  sockets: readonly SocketClient[],
): Promise<number> {
  for (;;) {
    await untilQuiet();
    const before = await versions();
    // Its answer comes behind everything that was posted before.
    await Promise.all(sockets.map((each) => each.say('ping')));
    const known = all.map((each) => each.known.live);
    const live = await Promise.all(all.map(onOfferTo));
    // An offer may end right now, because its time is over.
    const still = all.map((each) => each.known.live);
    const now = [await workLeft(), await versions(), still];
    if (JSON.stringify(now) !== JSON.stringify([none, before, known])) continue;
    expect(known, await explained(all, known, live)).toEqual(live);
    return live.reduce((sum, each) => sum + Object.keys(each).length, 0);
  }
}

test(
  `after ${rounds * captains * cutsPerRound} cuts, each captain shows as on offer what is on offer, whenever it is quiet`,
  { timeout: 30 * 60_000 },
  async () => {
    const tokens: string[] = [];
    const all: Captain[] = [];
    for (let i = 0; i < customers; i += 1) tokens.push(await newCustomer(i));
    for (let i = 0; i < captains; i += 1) all.push(await newCaptain(i));
    let left: readonly Placed[] = [];
    let live = 0;
    for (let round = 0; round < rounds; round += 1) {
      await beatAll(all);
      await Promise.all(left.map(cancel));
      const done = new AbortController();
      const ordering = tokens.map((each) => order(each, done.signal));
      const answering = all.map((each) => answerOffers(each, done.signal));
      const cutting = await Promise.all(all.map(beCut));
      done.abort();
      await Promise.all(answering);
      left = (await Promise.all(ordering)).flatMap((each) => each ?? []);
      await expectSameAsServer(all, cutting);
      // On a busy machine the searches may have ended before it was quiet: now there is something to know.
      await Promise.all(left.map(cancel));
      await beatAll(all);
      const [token = ''] = tokens;
      left = [{ token, id: await place(token, documentedOrder) }];
      live += await expectSameAsServer(all, cutting);
      for (const each of cutting) each.cut();
    }
    expect(live, 'there was something to know').toBeGreaterThan(0);
    for (const { known } of all) expect(known.applied).toBeGreaterThan(0);
  },
);

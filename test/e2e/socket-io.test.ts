import { Client } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import * as answers from '../support/apps/answers.ts';
import { expectHeardOnce, hears, namesOf } from '../support/apps/events-heard.ts';
import { eventsOfCustomer, eventsOfTransporter } from '../support/apps/events.ts';
import { peopleOf, type User, type Vehicle } from '../support/apps/people.ts';
import {
  connectSocketIo,
  pollingFirst,
  socketIoClient,
  type Transports,
} from '../support/socket-io-client.ts';
import { northOf, tataAce } from '../support/worlds/street.ts';

let cloud: WeeloCloud;
let people: ReturnType<typeof peopleOf>;
let asha: User;
let vikram: User;
let ace: Vehicle;
let ramesh: User;
const pickup = { latitude: 26.9, longitude: 75.8 };
const drop = northOf(pickup, 9);
const patience = { timeout: 20_000, interval: 20 };

beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  people = peopleOf(cloud);
  await meet();
});
afterAll(() => cloud.stop());

async function meet(): Promise<void> {
  asha = await people.customer('Asha Rao');
  vikram = await people.transporter('Vikram Rao');
  ace = await people.vehicle(vikram, tataAce, '1 Ton');
  ramesh = await people.driver(vikram, 'Ramesh Kumar');
}

async function connected({ token }: User, transports?: Transports) {
  const client = await connectSocketIo(cloud.origin, token, transports);
  onTestFinished(() => client.leave());
  return client;
}

/** The transporter is online for as long as a test takes. A heartbeat that comes too early is refused, and does no harm. */
const wakeUp = () => people.goOnline(vikram, northOf(pickup, 1)).catch(() => undefined);

const keyed = () => ({ 'x-idempotency-key': randomUUID() });

/** The customer app orders one truck. */
async function ordered({ app }: User): Promise<string> {
  const body = {
    pickup: { ...pickup, address: 'Sindhi Camp, Jaipur', city: 'Jaipur' },
    drop: { ...drop, address: 'Vidhyadhar Nagar, Jaipur' },
    distanceKm: 9,
    vehicleRequirements: [{ ...tataAce, quantity: 1, pricePerTruck: 5000 }],
    goodsType: 'General',
  };
  const placed = await app.say('POST', 'bookings/orders', body, answers.PlacedOrder, keyed());
  return placed.order.id;
}

/** The Captain app holds the truck, and puts its vehicle and its driver on it. */
async function taken({ app }: User, orderId: string): Promise<string> {
  const { vehicleType, vehicleSubtype, id: vehicleId } = ace;
  const line = { orderId, vehicleType, vehicleSubtype, quantity: 1 };
  const { holdId } = await app.say('POST', 'truck-hold/hold', line, answers.Held, keyed());
  const confirmed = await app.say(
    'POST',
    'truck-hold/confirm-with-assignments',
    { holdId, assignments: [{ vehicleId, driverId: ramesh.id }] },
    answers.Confirmed,
    keyed(),
  );
  return confirmed.tripIds[0] ?? expect.fail('No trip');
}

const cancelled = ({ app }: User, orderId: string, reason: string) =>
  app.say('POST', `bookings/orders/${orderId}/cancel`, { reason }, answers.Anything, keyed());

const goesTo = ({ app }: User, tripId: string, status: string) =>
  app.say('PUT', `tracking/trip/${tripId}/status`, { status }, answers.Done);

/** As if the minute of the search were over. */
async function searchedForAMinute(orderId: string) {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const database = cloud.processOf('auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  await client.query(
    `UPDATE weelo.orders SET search_deadline = search_deadline - interval '1 minute' WHERE id = $1`,
    [orderId],
  );
  await client.end();
}

/** The Captain app, and the customer app. Each client is to have moved to a socket as often as it has connected. */
const ways = [
  { by: 'a socket alone', transports: undefined, moves: 0 },
  { by: 'polling first', transports: pollingFirst, moves: 1 },
] as const;

describe.each(ways)('by $by', ({ transports, moves }) => {
  // Nothing is left of the other way: no push, and no order that counts against a limit.
  beforeAll(meet);

  test('an unmodified client hears its journey, each event once: search, offer, hold, trip, location', async () => {
    await wakeUp();
    const [customer, transporter] = [
      await connected(asha, transports),
      await connected(vikram, transports),
    ];
    expect(customer.heard).toMatchObject([
      {
        event: 'connected',
        data: { userId: asha.id, role: 'customer', message: expect.any(String) },
      },
    ]);
    const orderId = await ordered(asha);
    customer.emit('join_booking', orderId);
    await hears(customer, 'joined', { orderId, status: 'broadcasting' });
    await hears(transporter, 'new_broadcast', { orderId });
    for (const ack of ['dispatch_ack', 'broadcast_ack'])
      transporter.emit(ack, { seq: null, orderId, receivedAt: Date.now(), source: 'socket' });
    transporter.emit('join_transporter', { transporterId: vikram.id });
    transporter.emit('join_order', orderId);
    transporter.emit('nobody_knows_this', 1, [2], null);

    const tripId = await taken(vikram, orderId);
    await hears(customer, 'truck_assigned', { tripId });
    for (const each of [customer, transporter])
      await hears(each, 'booking_fully_filled', { orderId });
    await ramesh.app.say('PATCH', `assignments/${tripId}/accept`, undefined, answers.Assignment);
    await hears(transporter, 'driver_accepted', { tripId });
    for (const status of ['at_pickup', 'loading_complete', 'in_transit']) {
      await goesTo(ramesh, tripId, status);
      await hears(customer, 'assignment_status_changed', { tripId, status });
    }
    const point = {
      ...drop,
      speed: 12,
      bearing: 0,
      accuracy: 6,
      timestamp: new Date().toISOString(),
    };
    await ramesh.app.say('POST', 'tracking/batch', { tripId, points: [point] }, answers.Batch);
    await hears(customer, 'location_updated', { tripId, driverId: ramesh.id });
    await goesTo(ramesh, tripId, 'completed');
    for (const each of [customer, transporter]) await hears(each, 'booking_completed', { orderId });

    await Promise.all([customer.ping(), transporter.ping()]);
    expectHeardOnce(customer, eventsOfCustomer);
    expectHeardOnce(transporter, eventsOfTransporter);
    for (const each of [customer, transporter]) {
      expect(namesOf(each, 'error')).toEqual([]);
      expect(each.connects()).toBe(1);
      expect(each.upgrades()).toBe(moves);
    }
    expect(namesOf(transporter, 'new_broadcast'), 'one card').toHaveLength(1);

    // The offer was acknowledged, and the rest counts as seen: nothing is pushed to the phone.
    const [offer] = transporter.heard.filter(({ event }) => event === 'new_broadcast');
    const isOfOffer = (line: string) =>
      line.includes('Event pushed') && line.includes(offer?.id ?? '?');
    await vi.waitFor(
      () => expect(cloud.logOf('notify').filter(isOfOffer).join()).toContain('"devices":0'),
      patience,
    );
    expect(cloud.pushesTo(`fcm:${vikram.id}`)).toEqual([]);
  });

  test('an order that is cancelled and one that finds no truck end for both, once', async () => {
    await wakeUp();
    const [customer, transporter] = [
      await connected(asha, transports),
      await connected(vikram, transports),
    ];
    const changed = await ordered(asha);
    await hears(transporter, 'new_broadcast', { orderId: changed });
    await cancelled(asha, changed, 'Plans changed');
    for (const each of [customer, transporter])
      await hears(each, 'order_cancelled', { orderId: changed, reason: 'Plans changed' });

    const unlucky = await ordered(asha);
    await hears(transporter, 'new_broadcast', { orderId: unlucky });
    await searchedForAMinute(unlucky);
    await cloud.fire('Reconciler/Schedule');
    const { status } = await asha.app.get(`bookings/orders/${unlucky}/status`, answers.OrderStatus);
    expect(status).toBe('expired');
    for (const each of [customer, transporter]) {
      await hears(each, 'order_expired', { orderId: unlucky });
      await each.ping();
      const ends = each.heard.filter(({ event }) => /order_(cancelled|expired)/.test(event));
      expect(ends).toHaveLength(2);
    }
  });

  test('P10: a client that the server dropped is back by itself, and has what is live', async () => {
    await wakeUp();
    const [customer, transporter] = [
      await connected(asha, transports),
      await connected(vikram, transports),
    ];
    await Promise.all([customer.onSocket(), transporter.onSocket()]);
    const orderId = await ordered(asha);
    onTestFinished(() => cancelled(asha, orderId, 'The test is over').then(() => undefined));
    await hears(transporter, 'new_broadcast', { orderId });
    for (const id of cloud.connectionIds()) cloud.cut(id);
    for (const each of [customer, transporter])
      await vi.waitFor(
        () => expect([each.connects(), each.upgrades()]).toEqual([2, 2 * moves]),
        patience,
      );
    await hears(customer, 'order_state', { orderId, status: 'broadcasting' });
    await vi.waitFor(() => {
      const told = namesOf(transporter, 'new_broadcast').map((each) => each['orderId']);
      expect(told).toEqual([orderId, orderId]);
    }, patience);
    // What happens to the order while the app is away, it hears when it joins again.
    const away = await connected(asha, transports);
    away.leave();
    await taken(vikram, orderId);
    const back = await connected(asha, transports);
    await hears(back, 'booking_fully_filled', { orderId });
  });
});

describe('P18: a client', () => {
  /** What a socket is told, and whether it was closed, without a library in between. */
  const isLike = (said: string, text: string | RegExp) =>
    typeof text === 'string' ? said.includes(text) : text.test(said);

  function raw(query = 'EIO=4&transport=websocket') {
    const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/socket.io/?${query}`);
    onTestFinished(() => socket.terminate());
    const told: string[] = [];
    socket.on('message', (data: Buffer) => void told.push(data.toString()));
    socket.on('error', () => undefined);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    let read = 0;
    /** Behind what it has told before. What a function answers and what notify posts may come in any order. */
    const tells = (text: string | RegExp) =>
      vi.waitFor(() => {
        const at = told.findIndex((each, i) => i >= read && isLike(each, text));
        expect(at, `${String(text)} in ${JSON.stringify(told)}`).not.toBe(-1);
        read = at + 1;
      }, patience);
    return { socket, told, closed, tells };
  }

  test('is opened a session within a second, and is told nothing before it says who it is', async () => {
    const begun = performance.now();
    const { told, tells, socket } = raw();
    await tells(/^0/);
    // The quickest of three: a neighbour may use both cores.
    const took = [performance.now() - begun];
    for (let i = 0; i < 2; i += 1) {
      const again = performance.now();
      await raw().tells(/^0/);
      took.push(performance.now() - again);
    }
    expect(Math.min(...took)).toBeLessThan(1000);
    expect(JSON.parse(told[0]?.slice(1) ?? '')).toEqual({
      sid: expect.any(String) as string,
      upgrades: [],
      pingInterval: 480_000,
      pingTimeout: 300_000,
      maxPayload: 32_768,
    });
    socket.send('2');
    await tells(/^3$/);
    socket.send('2probe');
    await tells(/^3probe$/);
    expect(told).toHaveLength(3);
  });

  test.each([
    ['shows no token', undefined, 'Authentication required'],
    ['shows a token that is none', 'nonsense', 'Invalid token'],
  ])('that %s is refused in words that the apps know, and dropped', async (_, token, words) => {
    for (const { transports } of ways) {
      const client = socketIoClient(cloud.origin, token, transports);
      onTestFinished(() => client.leave());
      await vi.waitFor(() => expect(client.refusals).toEqual([words]), patience);
      expect(client.connects()).toBe(0);
    }
    const { socket, tells, closed } = raw();
    await tells(/^0/);
    socket.send(token === undefined ? '40' : `40{"token":"${token}"}`);
    await tells(`44{"message":"${words}"}`);
    await closed;
  });

  test('whose session is ended is told so, and dropped', async () => {
    const meera = await people.customer('Meera');
    const open = await connected(meera);
    await meera.app.say('POST', 'auth/logout', {}, answers.Anything);
    await hears(open, 'error', { code: 'TOKEN_EXPIRED' });
    await open.closed();
  });

  test('that says nothing for ten seconds is dropped', async () => {
    const { told, closed } = raw();
    const begun = performance.now();
    await closed;
    expect(performance.now() - begun).toBeGreaterThan(9000);
    expect(told).toHaveLength(1);
  });

  test.each(['abc', '42["ping"]', '41', '1'])(
    'that says %j before it says who it is, is dropped',
    async (text) => {
      const { socket, tells, closed, told } = raw();
      await tells(/^0/);
      socket.send(text);
      await closed;
      expect(told).toHaveLength(1);
    },
  );

  test('may only say little before that', async () => {
    const { socket, tells, closed, told } = raw();
    await tells(/^0/);
    for (let i = 0; i < 15; i += 1) socket.send('2');
    await closed;
    expect(told.filter((each) => each === '3').length).toBeLessThanOrEqual(10);
  });

  test.each([
    'EIO=3&transport=websocket',
    'EIO=4&transport=polling',
    'EIO=4',
    'EIO=4&transport=websocket&sid=x',
  ])('that asks for %s is refused', async (query) => {
    const { socket, told, closed } = raw(query);
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    });
    expect(status).toBe(400);
    socket.terminate();
    await closed;
    expect(told).toEqual([]);
  });

  test('that connects to another namespace is refused there, and may connect to the right one', async () => {
    const { socket, tells } = raw();
    await tells(/^0/);
    socket.send('40/random');
    await tells('44/random,{"message":"Invalid namespace"}');
    socket.send(`40${JSON.stringify({ token: asha.token })}`);
    await tells(/^42\["connected"/);
    // A second time it is welcome, too: a packet of the server may come twice.
    socket.send(`40${JSON.stringify({ token: asha.token })}`);
    await tells(/^42\["connected"/);
    socket.send(`40${JSON.stringify({ token: vikram.token })}`);
    await tells('44{"message":"Invalid token"}');
  });
});

test('a user has five sockets: the sixth closes the oldest', async () => {
  const meera = await people.customer('Meera');
  const clients = [];
  for (let i = 0; i < 6; i += 1) {
    clients.push(await connected(meera));
  }
  const [oldest, ...others] = clients;
  await oldest?.closed();
  oldest?.leave();
  for (const each of others.slice(1)) await each.ping();
});

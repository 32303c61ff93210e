import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { assert, integer, property } from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Account } from '../../city/live/api/account.ts';
import { Line, type Heard } from '../../city/live/api/line.ts';
import { SessionBook } from '../../city/live/api/session-book.ts';
import { outageMs, untilOutageMs } from '../../city/live/captains/network.ts';
import { arrivesAt, placeAt, standing } from '../../city/live/captains/motion.ts';
import {
  driverPlanFor,
  meaningOf,
  silentSeconds,
  temperFor,
} from '../../city/live/number-meanings.ts';
import { phoneOf, plateOf } from '../../city/live/people.ts';
import { Scene, type OfferedOrder } from '../../city/live/scene.ts';
import type { DriverTemper, Temper } from '../../city/world/captain.ts';
import type { Captain } from '../../city/world/fleets.ts';
import { withoutCity } from '../../local/city/quiet-log.ts';
import { readOptions } from '../../local/start/options.ts';
import { greatCircleKm } from '../../src/places/position.ts';

const folder = mkdtempSync(join(tmpdir(), 'city-live-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const unwilling: Temper = {
  overlooks: true,
  looksAfter: 20,
  decidesAfter: 20,
  reluctance: 0.99,
  saysNo: false,
  holding: 'forgets',
  confirmsAfter: 60,
  triesAnother: false,
  anotherAfter: 5,
};
const unwillingDriver: DriverTemper = {
  answers: 'declines',
  answersAfter: 30,
  steadiness: 0,
  givesUpAfter: 0.5,
};

describe('the meaning of a number', () => {
  test.each([
    ['98xxxxxx10', 'taken at once'],
    ['98xxxxxx20', 'declined'],
    ['98xxxxxx30', 'not answered'],
    ['98xxxxxx40', 'dropped'],
    ['98xxxxxx50', 'late'],
    ['98xxxxxx60', 'network lost'],
    ['10xxxxxx01', undefined],
  ])('%s: %s', (phone, meaning) => expect(meaningOf(phone)).toBe(meaning));

  test('is stronger than a captain and a driver are by themselves', () => {
    expect(temperFor(undefined, unwilling, 3)).toBe(unwilling);
    const taken = temperFor('taken at once', unwilling, 3);
    expect(taken).toMatchObject({ overlooks: false, reluctance: 0, holding: 'confirms' });
    expect(temperFor('declined', unwilling, 3)).toMatchObject({
      overlooks: false,
      reluctance: 1,
      saysNo: true,
    });
    expect(temperFor('not answered', { ...unwilling, overlooks: false }, 3).overlooks).toBe(true);
    const plan = driverPlanFor('taken at once', unwillingDriver);
    expect(plan).toMatchObject({ answers: 'accepts', steadiness: 1, standsFor: 0, silentFor: 0 });
    expect(driverPlanFor('dropped', unwillingDriver)).toMatchObject({
      answers: 'accepts',
      steadiness: 0,
    });
    expect(driverPlanFor('network lost', unwillingDriver).silentFor).toBe(silentSeconds);
    // Then a position counts as stale, which is a minute old.
    expect(silentSeconds).toBeGreaterThan(60 + 10);
    expect(driverPlanFor('late', unwillingDriver).standsFor).toBeGreaterThan(0);
  });

  test('lets the nearest be the first', () => {
    const wait = (km: number) => {
      const { looksAfter, decidesAfter } = temperFor('taken at once', unwilling, km);
      return looksAfter + decidesAfter;
    };
    expect(wait(1)).toBeLessThan(wait(5));
    expect(wait(15)).toBeLessThan(10);
  });
});

test('nobody has the phone or the plate of another one, and no customer of the city has a meaning', () => {
  const whose = { city: 'noida', seed: 7 } as const;
  const many = Array.from({ length: 900 }, (_, index) => index);
  const phones = (['transporter', 'driver', 'customer'] as const).flatMap((role) =>
    many.map((index) => phoneOf(whose, role, index)),
  );
  expect(new Set(phones).size).toBe(2700);
  expect(phones.every((phone) => /^8\d{9}$/.test(phone))).toBe(true);
  expect(phones.slice(1800).flatMap((phone) => meaningOf(phone) ?? [])).toEqual([]);
  expect(new Set(many.map((index) => plateOf(whose, index))).size).toBe(900);
  expect(plateOf(whose, 0)).toMatch(/^UP16[A-Z]{3}\d{4}$/);
  expect(phoneOf({ ...whose, seed: 8 }, 'driver', 1)).not.toBe(phoneOf(whose, 'driver', 1));
});

describe('a network that is lost by plan', () => {
  const hour = 3600;
  /** Planned for a working day: twice for a minute. */
  const plan: Captain = {
    index: 0,
    id: 'one',
    home: { latitude: 28.5, longitude: 77.4 },
    character: 0,
    carelessness: 1,
    vehicles: [],
    online: { from: 9 * hour, until: 19 * hour },
    outages: [10, 15].map((at) => ({ from: at * hour, until: at * hour + 60 })),
  };
  const midnightInIndia = Date.parse('2026-01-30T18:30:00Z');
  const atHour = (hours: number) => midnightInIndia + hours * hour * 1000;

  test('is lost as planned while it is day', () => {
    expect(outageMs(plan, atHour(10) + 1000)).toBe(59_000);
    expect(outageMs(plan, atHour(11))).toBe(0);
    expect(untilOutageMs(plan, atHour(11))).toBe(4 * hour * 1000);
    // The next plan begins when this one has ended.
    expect(untilOutageMs(plan, atHour(16))).toBe(4 * hour * 1000);
  });

  test('is lost at night, too: here captains are online all day', () => {
    for (let hours = 0; hours < 24; hours += 0.25) {
      expect(untilOutageMs(plan, atHour(hours))).toBeLessThanOrEqual(6 * hour * 1000);
    }
    expect(outageMs(plan, atHour(20) + 1000)).toBe(59_000);
  });
});

describe('a drive', () => {
  const from = { latitude: 28.57, longitude: 77.32 };
  const to = { latitude: 28.6, longitude: 77.36 };
  const motion = { from, to, startedAt: 1_000_000, metresPerSecond: 50 };

  test('begins and ends where it should, and is over when it has arrived', () => {
    expect(placeAt(motion, 0)).toEqual(from);
    expect(placeAt(motion, arrivesAt(motion) + 1)).toEqual(to);
    expect(placeAt(standing(to, 5), 5)).toEqual(to);
  });

  test('is never faster than the check for jumps allows', () => {
    assert(
      property(
        integer({ min: 0, max: 200_000 }),
        integer({ min: 100, max: 60_000 }),
        (after, ms) => {
          const [one, other] = [
            placeAt(motion, 1_000_000 + after),
            placeAt(motion, 1_000_000 + after + ms),
          ];
          const metresPerSecond = (greatCircleKm(one, other) * 1_000_000) / ms;
          expect(metresPerSecond).toBeLessThan(55);
        },
      ),
    );
  });
});

describe('the scene', () => {
  const order = (expiresAt = Date.now() + 60_000): OfferedOrder => ({
    id: 'order',
    customer: '98xxxxxx10',
    pickup: { latitude: 28.57, longitude: 77.32, address: 'A' },
    drop: { latitude: 28.6, longitude: 77.36, address: 'B' },
    createdAt: new Date(expiresAt - 60_000).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    needed: 1,
  });

  test('an order is offered, held, assigned and delivered', () => {
    const scene = new Scene();
    scene.offered(order(), 1, 3);
    scene.offered(order(), 1, 3);
    scene.offered(order(), 2, 5);
    scene.answered('order', 2, 'declined');
    scene.answered('order', 1, 'held');
    scene.assigned('order', ['UP16AAA0001']);
    expect(scene.view().orders[0]).toMatchObject({ state: 'on the road', assigned: 1 });
    scene.delivered('order', 'UP16AAA0001');
    const { orders, counts } = scene.view();
    expect(orders[0]).toMatchObject({ state: 'delivered', meaning: 'taken at once', trucks: [] });
    expect(counts).toMatchObject({ orders: 1, offers: 2, declined: 1, holds: 1, delivered: 1 });
  });

  test('a truck that is lost has the order searching again, until its search has ended', () => {
    const scene = new Scene();
    scene.offered(order(), 1, 3);
    scene.assigned('order', ['UP16AAA0001']);
    scene.dropped('order', 'UP16AAA0001');
    expect(scene.view().orders[0]).toMatchObject({ state: 'searching', assigned: 0 });
    const late = new Scene();
    late.offered(order(Date.now() - 5000), 1, 3);
    expect(late.view().orders[0]?.state).toBe('not found');
    expect(late.view().counts.notFound).toBe(1);
  });

  test('a cancelled order is counted once, however many captains are told', () => {
    const scene = new Scene();
    scene.offered(order(), 1, 3);
    scene.cancelled('order');
    scene.cancelled('order');
    expect(scene.view().counts.cancelled).toBe(1);
  });
});

test('sessions are found again by the next start', () => {
  const file = join(folder, 'sessions.json');
  const book = new SessionBook(file);
  book.keep('driver', '8000120001', { userId: 'one', refreshToken: 'secret' });
  book.save();
  expect(new SessionBook(file).get('driver', '8000120001')).toEqual({
    userId: 'one',
    refreshToken: 'secret',
  });
  expect(new SessionBook(file).get('transporter', '8000120001')).toBeUndefined();
  expect(new SessionBook(join(folder, 'none.json')).get('driver', '8000120001')).toBeUndefined();
});

test("the log leaves out the city's requests, and never a warning", () => {
  const printed: string[] = [];
  let waking = true;
  const print = withoutCity<{ line: string }>(
    ({ line }) => printed.push(line),
    () => waking,
  );
  const line = (level: string, requestId: string) => JSON.stringify({ level, requestId });
  print({ line: line('INFO', 'mine') });
  waking = false;
  for (const each of [
    line('INFO', 'city-1'),
    line('WARN', 'city-2'),
    line('INFO', 'mine'),
    'plain',
  ]) {
    print({ line: each });
  }
  expect(printed).toEqual([line('WARN', 'city-2'), line('INFO', 'mine'), 'plain']);
});

describe('the command line', () => {
  test('names a city, and how many live there', () => {
    expect(readOptions(['--city', 'Noida'], {}).city).toEqual({
      city: 'noida',
      captains: 40,
      seed: 1,
      orders: undefined,
      heard: undefined,
    });
    const asked = ['--city', 'nagpur', '--captains', '5', '--seed', '9', '--orders', '2.5'];
    expect(readOptions(asked, {}).city).toMatchObject({ captains: 5, seed: 9, orders: 2.5 });
    expect(readOptions([], {}).city).toBeUndefined();
  });

  test.each([
    [['--city', 'Paris'], 'There is no city Paris, only bengaluru, nagpur, noida.'],
    [['--city', 'noida', '--captains', '0'], '--captains is a whole number from 1 to 1000, not 0'],
    [['--city', 'noida', '--seed', 'x'], '--seed is a whole number'],
    [['--city', 'noida', '--orders', '0'], '--orders is a number of seconds'],
    [['--captains', '5'], '--captains needs a --city'],
  ])('%j is refused in a sentence', (args, sentence) => {
    expect(() => readOptions(args, {})).toThrow(sentence);
  });
});

test('a line goes on where API Gateway itself says that a message was lost', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send(JSON.stringify({ message: 'Internal server error', requestId: 'r' }));
    socket.send(JSON.stringify({ event: 'resumed', data: { count: 0 } }));
  });
  const { port } = server.address() as AddressInfo;
  const account = { token: () => Promise.resolve('token') } as unknown as Account;
  const heard = await new Promise<Heard>((hear) => {
    const line = new Line({
      origin: `http://127.0.0.1:${port}`,
      account,
      onHeard: (each) => {
        hear(each);
        line.close();
      },
    });
    line.open();
  });
  expect(heard).toMatchObject({ event: 'resumed' });
  server.close();
});

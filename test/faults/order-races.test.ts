import * as fc from 'fast-check';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { insertCancellation } from '../../src/orders/ending/cancellation-store.ts';
import { writeTransitions } from '../../src/orders/order/transition-store.ts';
import type { Transition } from '../../src/orders/order/transition.ts';
import { brokenPromises } from '../support/faults/order-invariants.ts';
import { raceWorld, type RaceWorld } from '../support/worlds/race-world.ts';
import { mixedRace, storm, type Deed, type Race } from '../support/faults/race.ts';
import { Racer } from '../support/faults/racer.ts';

const seed = Number(process.env['RACE_SEED'] ?? randomInt(2 ** 31));
const racers = 20;

/** How many: `npm run test:long` runs a thousand. */
const races = Number(process.env['RACES'] ?? 80);
const storms = Math.ceil(0.08 * races);
/** Each answer is given more often than so. What chance gives few of is not counted on among a few races. */
const fewest = races < 1000 ? 0 : races / 20;

/** Some at once: first of few customers, whom nothing holds up and no search is in the way of, then of all of them. */
const rounds: readonly (readonly Race[])[] = [
  ...inRounds(fc.sample(storm, { seed, numRuns: storms }), 4),
  ...inRounds(fc.sample(mixedRace, { seed, numRuns: races - storms }), racers),
  ...inRounds(oneByOne(), 1),
];

/** Each waits for the one before: so somebody reads a cancelled order, also where chance brings it to nobody. */
function oneByOne(): readonly Race[] {
  const deeds: readonly Deed[] = [
    { does: 'place', key: 'first', body: 'usual', forgetting: false, alias: false },
    { does: 'cancel', booking: false },
    { does: 'read', what: 'order' },
  ];
  const alone = { lastsMs: 60_000, hesitatesMs: 0 };
  return deeds.map((deed) => ({ ...alone, steps: [{ afterMs: 0, replica: 0, deed }] }));
}

function inRounds(all: readonly Race[], most: number): readonly (readonly Race[])[] {
  return all.length === 0 ? [] : [all.slice(0, most), ...inRounds(all.slice(most), most)];
}

let world: RaceWorld;
beforeAll(async () => {
  world = await raceWorld();
});

const usualAnswers = [
  'forgotten',
  'place 201',
  'place ACTIVE_ORDER_EXISTS',
  'place CONCURRENT_REQUEST',
  'place IDEMPOTENCY_CONFLICT',
  'cancel cancelled',
  'cancel expired',
  'snoop ORDER_NOT_FOUND',
  'read broadcasting',
  'read cancelled',
  'read expired',
];

describe('orders that are raced for', () => {
  test('keep every promise', { timeout: 180_000 + 400 * races }, async () => {
    const people = await Promise.all(
      Array.from({ length: racers }, async () => new Racer(world, await world.customer())),
    );
    people.forEach((each, i) => {
      each.stranger = people[(i + 1) % racers];
    });
    for (const [round, planned] of rounds.entries()) {
      await Promise.all(people.map((each, i) => each.run(`race-${round}`, planned[i])));
      const broken = [
        ...people.flatMap((each) => each.complaints),
        ...(await brokenPromises(world.sql, people)),
        ...(await overdueThoughSeen(people)),
        ...(await answersThatWereNot(people)),
      ];
      expect(broken, `RACE_SEED=${seed}, round ${round}`).toEqual([]);
    }
    expect(await untold(), `RACE_SEED=${seed}`).toEqual([]);
    expect(await brokenPromises(world.sql, people), `RACE_SEED=${seed}`).toEqual([]);
    expect(await notTheSameAgain(people.slice(0, 5)), `RACE_SEED=${seed}`).toEqual([]);
    const all = people.flatMap((each) => each.answers);
    const refused = all.filter((each) => each.includes('SERVICE_UNAVAILABLE'));
    expect(refused.length / all.length, 'too busy to say').toBeLessThan(0.1);
    // There was something to keep: whatever can become of an order became of many.
    const answers = Object.groupBy(
      people.flatMap((each) => each.answers),
      (answer) => answer,
    );
    for (const often of usualAnswers)
      expect(answers[often]?.length ?? 0, often).toBeGreaterThan(fewest);
  });
});

/** P6: orders that were looked at after their deadline, by whomever, and are open still. */
async function overdueThoughSeen(people: readonly Racer[]): Promise<readonly string[]> {
  const looks = people.flatMap((each) => each.looks.splice(0));
  const found = await world.sql<{ id: string }>(
    `SELECT DISTINCT o.id FROM weelo.orders AS o
     JOIN jsonb_to_recordset($1::jsonb) AS l ("orderId" uuid, "customerId" uuid, at timestamptz)
       ON o.id = COALESCE(l."orderId", o.id) AND o.customer_id = COALESCE(l."customerId", o.customer_id)
     WHERE o.search_closed_at IS NULL AND o.search_deadline <= l.at`,
    [JSON.stringify(looks)],
  );
  return found.map(({ id }) => `P6: order ${id} was seen past its deadline, and is open still`);
}

/** P2: answers that name no order, or not their customer's, or not their key's. */
async function answersThatWereNot(people: readonly Racer[]): Promise<readonly string[]> {
  const placed = people.flatMap((each) => each.placed);
  const found = await world.sql<{ key: string; orderId: string }>(
    `SELECT p.key, p."orderId"
     FROM jsonb_to_recordset($1::jsonb) AS p (key text, "orderId" uuid, "customerId" uuid)
     LEFT JOIN weelo.orders AS o
       ON o.id = p."orderId" AND o.customer_id = p."customerId" AND o.idempotency_key = p.key
     WHERE o.id IS NULL`,
    [JSON.stringify(placed)],
  );
  return found.map((each) => `P2: ${each.key} was answered with ${each.orderId}, which is not its`);
}

interface Event {
  readonly id: string;
  readonly orderId: string;
  readonly queue: string;
  readonly relayed: boolean;
  readonly open: boolean;
}

/** P8: events that nobody was told of, once everything was repaired, and messages about what never was. */
async function untold(): Promise<readonly string[]> {
  // Until the messages of first waves can be seen that were queued before the commit.
  await sleep(2100);
  await world.ageEvents();
  const before = new Date();
  await Promise.all(world.whole.map((each) => each.reconcile()));
  const waves = (await world.drain('DISPATCH_QUEUE_URL')).filter(
    (m) => m['kind'] === 'search-wave' && m['wave'] === 1,
  );
  const events = await world.drain('NOTIFY_QUEUE_URL');
  const times = new Map<unknown, number>();
  const heardOf = [...waves.map(({ orderId }) => orderId), ...events.map(({ id }) => id)];
  for (const each of heardOf) times.set(each, (times.get(each) ?? 0) + 1);

  const rows = await world.sql<Event>(
    `SELECT e.id, o.id AS "orderId", queue, relayed_at IS NOT NULL AS relayed,
            o.search_closed_at IS NULL AND o.search_deadline <= $1 AS open
     FROM weelo.outbox AS e JOIN weelo.orders AS o ON o.id = e.order_id`,
    [before],
  );
  const written = new Set(rows.map(({ id }) => id));
  return [
    ...rows.filter((row) => !row.relayed).map(({ id }) => `P8: event ${id} was not relayed`),
    ...rows
      .filter((row) => row.open)
      .map(({ id }) => `P6: the order of ${id} is overdue, and open`),
    // All that dispatch is asked to do is the first wave, which is queued once before the commit already.
    ...rows
      .filter(({ id, orderId, queue }) =>
        queue === 'dispatch' ? (times.get(orderId) ?? 0) < 2 : !times.has(id),
      )
      .map(({ id, queue }) => `P8: event ${id} never reached ${queue}`),
    ...events
      .filter(({ id }) => !written.has(String(id)))
      .map(({ id }) => `P8: ${String(id)} was told, and never written`),
  ];
}

/** P2: intents that make something else when they come again, after everything that remembered them is lost. */
async function notTheSameAgain(people: readonly Racer[]): Promise<readonly string[]> {
  const complaints: (string | undefined)[] = [];
  for (const body of ['usual', 'other'] as const) {
    const again = people.flatMap((each) =>
      each.intents().map((intent) => each.retry(intent, body)),
    );
    complaints.push(...(await Promise.all(again)));
  }
  return complaints.filter((complaint) => complaint !== undefined);
}

/** What answers, and how: a refusal by its code. */
const told = ({
  status,
  error,
}: {
  readonly status: number;
  readonly error?: { readonly code: string };
}) => error?.code ?? status;

/** Some at a time: an environment serves one request, and here each has the share of many. */
async function tenTimesFive<T>(race: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let round = 0; round < 10; round += 1) {
    results.push(...(await Promise.all(Array.from({ length: 5 }, race))));
  }
  return results;
}

describe.each(['whole', 'lockless'] as const)(
  'two requests at once, with %s functions',
  (which) => {
    test('and keys of their own: one proceeds, one is told why not', async () => {
      const pairs = await tenTimesFive(async () => {
        const { token } = await world.customer();
        return Promise.all(world[which].slice(0, 2).map((each) => each.place(token, randomUUID())));
      });
      const refused = expect.stringMatching(/^(ACTIVE_ORDER_EXISTS|CONCURRENT_REQUEST)$/);
      for (const pair of pairs) {
        expect(pair.map(told)).toEqual(expect.arrayContaining([201, refused]));
      }
    });

    test('and one key, remembered nowhere: one order, or a clear refusal', async () => {
      const pairs = await tenTimesFive(async () => {
        const { id, token } = await world.customer();
        const key = randomUUID();
        const forgetful = world[which].slice(0, 2).map(async (each) => {
          const placing = each.place(token, key);
          await world.forget(id, key);
          return placing;
        });
        return Promise.all(forgetful);
      });
      for (const pair of pairs) {
        expect([201, 'CONCURRENT_REQUEST']).toEqual(expect.arrayContaining(pair.map(told)));
        const placed = pair.flatMap(({ body }) => (body ? [body.order.id] : []));
        expect(new Set(placed).size).toBe(1);
      }
    });
  },
);

describe('a retry', () => {
  test('while the first is running is told to wait, and gets its order', async () => {
    const { id, token } = await world.customer();
    const key = randomUUID();
    const [one, two] = world.whole;
    const [lockless] = world.lockless;
    // Whoever inserts an order of theirs waits for this.
    const letGo = await world.hold('SELECT FROM weelo.users WHERE id = $1 FOR UPDATE', [id]);
    const first = one.place(token, key);
    await world.waiting(1);
    expect(await two.place(token, key)).toMatchObject({ error: { code: 'CONCURRENT_REQUEST' } });
    await world.forget(id, key);
    expect(await two.place(token, key)).toMatchObject({ error: { code: 'CONCURRENT_REQUEST' } });
    await world.forget(id, key);
    const second = lockless.place(token, key);
    await world.waiting(2);
    await letGo();
    const [placed, again] = await Promise.all([first, second]);
    expect(placed).toMatchObject({ status: 201 });
    expect(again?.body?.order.id).toBe(placed?.body?.order.id);
  });

  test('of what was placed, and was over, while it was about to be written is that order', async () => {
    const { id, token } = await world.customer();
    const key = randomUUID();
    const [one] = world.lockless;
    const first = await one.place(token, randomUUID());
    const params = { id: first.body?.order.id ?? '' };
    await one.orders.cancelOrder({ token, params, body: {} });
    const letGo = await world.hold('SELECT FROM weelo.users WHERE id = $1 FOR UPDATE', [id]);
    const second = one.place(token, key);
    await world.waiting(1);
    // As if another try of it had been faster: no search is open, and only the key is known.
    await letGo('UPDATE weelo.orders SET idempotency_key = $1 WHERE id = $2', [key, params.id]);
    expect((await second).body?.order).toMatchObject({ id: params.id, status: 'cancelled' });
  });

  test('that nothing but the order remembers gets it, and never as live past its deadline', async () => {
    const { id, token } = await world.customer();
    const key = `${randomUUID()}-lasts-50`;
    const [one] = world.whole;
    const first = await one.place(token, key);
    expect(first?.body?.order.status).toBe('broadcasting');
    await sleep(60);
    await world.forget(id, key);
    const again = await one.place(token, key);
    expect(again?.body?.order).toMatchObject({ id: first?.body?.order.id, status: 'expired' });
    expect(again?.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  });
});

describe('behind the lock', () => {
  const nobody = { transporters: [], occupied: [], drivers: 0, assignments: 0 };
  const transition = (orderId: string, eventVersion: number): Transition => ({
    orderId,
    customerId: randomUUID(),
    eventVersion,
    status: 'cancelled',
    closesSearch: true,
    needed: 1,
    claimed: 0,
    filled: 0,
    searching: 0,
    reasonCode: null,
    wave: 0,
    onlineCandidates: 0,
    notifiedTransporters: 0,
    offeredTo: [],
    waiting: [],
    driving: [],
    trucks: [],
    at: new Date().toISOString(),
    events: [{ id: randomUUID(), queue: 'notify', message: { kind: 'keep-track' } }],
  });

  test('what was decided on another version is not written, and told to nobody', async () => {
    const { token } = await world.customer();
    const orderId = (await world.whole[0].place(token, randomUUID())).body?.order.id ?? '';
    const write = (eventVersion: number) =>
      world.postgres.transaction((db) =>
        writeTransitions(
          db,
          [transition(orderId, eventVersion)],
          [insertCancellation(orderId, null, { stage: 'SEARCHING', fee: 0 }, nobody)],
        ),
      );
    await expect(write(3)).rejects.toThrow('An order was changed by somebody who did not lock it');
    await write(2);
    const versions = await world.sql(
      'SELECT event_version FROM weelo.outbox WHERE order_id = $1 ORDER BY event_version',
      [orderId],
    );
    // A first wave and a domain event, and what `transition` tells.
    expect(versions.map((each) => each['event_version'])).toEqual([1, 1, 2]);
  });

  test('a version is told by one transition alone', async () => {
    const { token } = await world.customer();
    const orderId = (await world.whole[0].place(token, randomUUID())).body?.order.id ?? '';
    const again = world.sql(
      `INSERT INTO weelo.outbox (id, order_id, event_version, queue, message)
       VALUES ($1, $2, 1, 'notify', '{}')`,
      [randomUUID(), orderId],
    );
    await expect(again).rejects.toThrow('outbox_order_id_event_version_part_key');
  });
});

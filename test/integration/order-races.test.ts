import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { brokenPromises } from '../support/order-invariants.ts';
import { documentedOrder } from '../support/order-world.ts';
import { raceWorld, type RaceWorld } from '../support/race-world.ts';
import { Racer, type Race } from '../support/racer.ts';

const seed = Number(process.env['RACE_SEED'] ?? randomInt(2 ** 31));
const racers = 20;
const rounds = 50;

let world: RaceWorld;
beforeAll(async () => {
  world = await raceWorld();
});

const key = (name: string, lastsMs = 60_000) => `${name}-lasts-${lastsMs}`;

/** Most searches end while they are raced for; the others are in the way until somebody cancels them. */
const race: fc.Arbitrary<Race> = fc.record({
  lastsMs: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 1, arbitrary: fc.constant(60_000) },
  ),
  steps: fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
      replica: fc.nat(3),
      deed: fc.oneof(
        {
          weight: 10,
          arbitrary: fc.record({
            does: fc.constant('place' as const),
            key: fc.constantFrom('first', 'first', 'first', 'second', 'old' as const),
            other: fc.integer({ min: 1, max: 10 }).map((n) => n === 1),
            forgetting: fc.integer({ min: 1, max: 4 }).map((n) => n === 1),
            alias: fc.boolean(),
          }),
        },
        {
          weight: 3,
          arbitrary: fc.record({ does: fc.constant('cancel' as const), booking: fc.boolean() }),
        },
        { weight: 3, arbitrary: fc.record({ does: fc.constant('deadline' as const) }) },
        {
          weight: 4,
          arbitrary: fc.record({
            does: fc.constant('read' as const),
            what: fc.constantFrom('order', 'state', 'booking', 'active', 'list' as const),
          }),
        },
        { weight: 1, arbitrary: fc.record({ does: fc.constant('reconcile' as const) }) },
        { weight: 1, arbitrary: fc.record({ does: fc.constant('snoop' as const) }) },
        { weight: 2, arbitrary: fc.record({ does: fc.constant('unlock' as const) }) },
      ),
    }),
    { minLength: 3, maxLength: 7 },
  ),
});

describe('orders that are raced for', () => {
  test('keep every promise, a thousand times', { timeout: 180_000 }, async () => {
    const races = fc.sample(race, { seed, numRuns: racers * rounds });
    const people = await Promise.all(
      Array.from({ length: racers }, async () => new Racer(world, await world.customer())),
    );
    people.forEach((each, i) => {
      each.stranger = people[(i + 1) % racers];
    });
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(
        people.map((each, i) => each.run(`race-${round}`, races[round * racers + i])),
      );
      const broken = [
        ...people.flatMap((each) => each.complaints),
        ...(await brokenPromises(world.sql)),
        ...(await overdueThoughSeen(people)),
        ...(await answersThatWereNot(people)),
      ];
      expect(broken, `RACE_SEED=${seed}, round ${round}`).toEqual([]);
    }
    expect(await untold(), `RACE_SEED=${seed}`).toEqual([]);
    expect(await brokenPromises(world.sql), `RACE_SEED=${seed}`).toEqual([]);
    expect(await notTheSameAgain(people.slice(0, 5)), `RACE_SEED=${seed}`).toEqual([]);
    // That there was something to keep: most kinds of answers were given, and often.
    const answers = Object.entries(
      Object.groupBy(
        people.flatMap((each) => each.answers),
        (a) => a,
      ),
    );
    console.log(Object.fromEntries(answers.map(([a, all = []]) => [a, all.length])));
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

/** P8: events that nobody was told of, once everything was repaired, and messages about what never was. */
async function untold(): Promise<readonly string[]> {
  await world.ageEvents();
  const [one, two] = world.whole;
  await Promise.all([one?.reconcile(), two?.reconcile()]);
  // The first waves' messages that were queued before the commit.
  await sleep(2100);
  const waves = (await world.drain('DISPATCH_QUEUE_URL')).filter(
    (m) => m['kind'] === 'search-wave',
  );
  const events = await world.drain('NOTIFY_QUEUE_URL');
  const times = new Map<unknown, number>();
  for (const { id } of [...waves, ...events]) times.set(id, (times.get(id) ?? 0) + 1);

  const rows = await world.sql<{ id: string; queue: string; relayed: boolean; open: boolean }>(
    `SELECT e.id, queue, relayed_at IS NOT NULL AS relayed,
            o.search_closed_at IS NULL AND o.search_deadline < now() AS open
     FROM weelo.outbox AS e JOIN weelo.orders AS o ON o.id = e.order_id`,
  );
  const written = new Set(rows.map(({ id }) => id));
  return [
    ...rows.filter((row) => !row.relayed).map(({ id }) => `P8: event ${id} was not relayed`),
    ...rows
      .filter((row) => row.open)
      .map(({ id }) => `P6: the order of ${id} is overdue, and open`),
    // A wave is queued once before the commit already.
    ...rows
      .filter(({ id, queue }) => (times.get(id) ?? 0) < (queue === 'dispatch' ? 2 : 1))
      .map(({ id, queue }) => `P8: event ${id} never reached ${queue}`),
    ...events
      .filter(({ id }) => !written.has(String(id)))
      .map(({ id }) => `P8: ${String(id)} was told, and never written`),
  ];
}

/** P2: intents that make something else when they come again, after everything that remembered them is lost. */
async function notTheSameAgain(people: readonly Racer[]): Promise<readonly string[]> {
  await world.forget();
  const again = people.flatMap((each) => each.intents().map((intent) => each.retry(intent)));
  return (await Promise.all(again)).filter((complaint) => complaint !== undefined);
}

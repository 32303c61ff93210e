import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { brokenMarket } from '../support/faults/market-invariants.ts';
import { faultyMarketWorld } from '../support/worlds/faulty-market-world.ts';
import {
  aces,
  open17s,
  openTruck,
  tataAce,
  type Transporter,
} from '../support/worlds/market-world.ts';

let world: Awaited<ReturnType<typeof faultyMarketWorld>>;
beforeAll(async () => {
  world = await faultyMarketWorld();
});
beforeEach(() => world.heal());

const near = { km: 1, kinds: [tataAce] };
const ace = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };

const hold = ({ token }: Transporter, orderId: string, key: string = randomUUID(), quantity = 1) =>
  world.orders.holdTrucks({
    token,
    idempotencyKey: key,
    body: { orderId, quantity, ...ace },
  });

/** With this transporter's first vehicles and drivers. */
const confirm = (
  { token, vehicles, drivers }: Transporter,
  holdId: string,
  { key = randomUUID(), pairs = 1 }: { key?: string; pairs?: number } = {},
) =>
  world.orders.confirmHold({
    token,
    idempotencyKey: key,
    body: {
      holdId,
      assignments: vehicles
        .slice(0, pairs)
        .map((vehicleId, i) => ({ vehicleId, driverId: drivers[i]?.id ?? '' })),
    },
  });

const one = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error('There is none');
  return first;
};

/** The offers that are told, by their transporter and the id of their event. */
const offersTold = async () =>
  (await world.allTold())
    .filter(({ event }) => event === 'new_broadcast')
    .map(({ id, to }) => ({ id: String(id), to: String(to) }));

const rowsOf = async (orderId: string) => {
  const rows = await world.sql<{
    status: string;
    trucks: readonly string[];
    holds: readonly string[];
    assignments: readonly string[];
    offers: number;
  }>(
    `SELECT o.status,
       ARRAY (SELECT status::text FROM weelo.truck_requests WHERE order_id = o.id ORDER BY number) AS trucks,
       ARRAY (SELECT status::text FROM weelo.holds WHERE order_id = o.id ORDER BY created_at) AS holds,
       ARRAY (SELECT status::text FROM weelo.assignments WHERE order_id = o.id ORDER BY created_at) AS assignments,
       (SELECT count(*)::int FROM weelo.offers WHERE order_id = o.id) AS offers
     FROM weelo.orders AS o WHERE o.id = $1`,
    [orderId],
  );
  return one(rows);
};

const expectWhole = async (orderId: string) =>
  expect(await brokenMarket(world.sql, [orderId])).toEqual([]);

describe('dispatch is cut off in the middle of a wave', () => {
  const wave = (orderId: string, number: number) => ({
    kind: 'search-wave',
    orderId,
    wave: number,
  });
  const tells = (said: string) => said.includes('new_broadcast');
  const commits = (said: string) => said.includes('COMMIT');
  const notes = (said: string) => said.includes('UPDATE weelo.outbox');

  /** `side` of the moment when `seen` passes, the engine behind the door is gone. */
  const cuts = [
    ['when the queue refuses its events', 'sqs', 'before', tells],
    ['when the queue has its events, and it does not know', 'sqs', 'after', tells],
    ['when it is committed, and it does not know', 'postgres', 'after', commits],
    ['when its events are told, and that is not noted', 'postgres', 'before', notes],
  ] as const;
  const cases = cuts.flatMap(([name, ...cut]) =>
    ([1, 2] as const).map((next) => [name, next, ...cut] as const),
  );

  test.each(cases)('%s: wave %i tells what was left, and nobody twice', async (...cut) => {
    const [, next, engine, side, seen] = cut;
    const { orderId, transporters } = await world.search(
      [near, { ...near, km: 2 }, { ...near, km: 20 }],
      [aces(3)],
    );
    const [first, second, third] = transporters;
    let cutOff = 0;
    world.ways[engine].trap[side](seen, async () => {
      cutOff += 1;
      await (engine === 'postgres' ? world.stopPostgres() : world.ways.sqs.door.shut());
      return 'lost';
    });
    await world.tellDispatch(wave(orderId, 1));
    expect(cutOff).toBe(1);
    // The offers were committed, whatever became of the rest.
    await vi.waitFor(async () => expect((await rowsOf(orderId)).offers).toBe(2));
    await world.heal();

    // The same message comes again, or the next wave's does.
    await world.ageEvents();
    expect((await world.tellDispatch(wave(orderId, next))).batchItemFailures).toEqual([]);
    const told = await offersTold();
    const asked = next === 1 ? [first, second] : [first, second, third];
    expect(new Set(told.map(({ to }) => to))).toEqual(new Set(asked.map((each) => each?.id)));
    // Who hears of an offer twice hears the same event, and drops it.
    expect(new Set(told.map(({ id }) => id)).size).toBe(asked.length);

    // Everything comes once more, and there is nothing left to tell.
    for (const number of [next, 1]) await world.tellDispatch(wave(orderId, number));
    await world.ageEvents();
    await world.reconcile();
    expect(await offersTold()).toEqual([]);
    const unsent = await world.sql(
      'SELECT FROM weelo.offers WHERE order_id = $1 AND sent_at IS NULL',
      [orderId],
    );
    expect(unsent).toEqual([]);
    await expectWhole(orderId);
  });
});

test('Redis is gone for a whole search: nobody new is asked, and all else goes on', async () => {
  const { orderId, token, transporters } = await world.search(
    [near, { ...near, km: 20 }],
    [aces(2)],
  );
  const [asked, later] = transporters;
  await world.wave(orderId, 1);
  await Promise.all(world.redis.doors.map((door) => door.shut()));

  for (const number of [2, 3, 4]) {
    expect((await world.wave(orderId, number)).batchItemFailures).toEqual([]);
  }
  expect((await offersTold()).map(({ to }) => to)).toEqual([asked?.id]);
  const params = { id: orderId };
  expect(await hold(later ?? one(transporters), orderId)).toMatchObject({
    error: { code: 'ORDER_NOT_FOUND' },
  });
  const held = await hold(asked ?? one(transporters), orderId);
  expect(held.error).toBeUndefined();

  await world.age(orderId, 61);
  const ended = await world.tellDispatch({ kind: 'search-deadline', orderId });
  expect(ended.batchItemFailures).toEqual([]);
  expect(await rowsOf(orderId)).toMatchObject({
    status: 'partially_filled',
    trucks: ['held', 'expired'],
    holds: ['active'],
  });
  const confirmed = await confirm(one(transporters), held.body?.holdId ?? '');
  expect(confirmed.error).toBeUndefined();
  expect((await world.orders.getOrderStatus({ token, params })).body?.status).toBe(
    'partially_filled',
  );
  await expectWhole(orderId);
});

describe('every message of a timer is lost: the reconciler', () => {
  test('ends the search', async () => {
    const { orderId } = await world.search([near], [aces(1)]);
    await world.wave(orderId);
    await world.age(orderId, 61);
    await world.reconcile();
    expect(await rowsOf(orderId)).toMatchObject({ status: 'expired', trucks: ['expired'] });
    await expectWhole(orderId);
  });

  test('lets the hold lapse, and its trucks are searched for again', async () => {
    const { orderId, transporters } = await world.search([near], [aces(1)]);
    await world.wave(orderId);
    await hold(one(transporters), orderId);
    expect(await rowsOf(orderId)).toMatchObject({ trucks: ['held'], holds: ['active'] });
    await world.ageAnswers(orderId, 91);
    await world.reconcile();
    expect(await rowsOf(orderId)).toMatchObject({ trucks: ['searching'], holds: ['lapsed'] });
    await expectWhole(orderId);
  });

  test('gives the truck of a silent driver back to the transporter, and then to the search', async () => {
    const { orderId, transporters } = await world.search([near], [aces(2)]);
    await world.wave(orderId);
    const owner = one(transporters);
    const { body } = await hold(owner, orderId);
    await confirm(owner, body?.holdId ?? '');
    await world.ageAnswers(orderId, 46);
    await world.reconcile();
    expect(await rowsOf(orderId)).toMatchObject({
      trucks: ['held', 'searching'],
      assignments: ['timed_out'],
      holds: ['confirmed', 'active'],
    });
    await expectWhole(orderId);
    await world.ageAnswers(orderId, 61);
    await world.reconcile();
    expect(await rowsOf(orderId)).toMatchObject({
      trucks: ['searching', 'searching'],
      holds: ['confirmed', 'lapsed'],
    });
    await expectWhole(orderId);
  });

  test('does all of it at once, for an order that was left alone for an hour', async () => {
    const both = { km: 1, kinds: [tataAce, tataAce, openTruck] };
    const { orderId, transporters } = await world.search([both], [aces(2), open17s(1)]);
    await world.wave(orderId);
    const owner = one(transporters);
    const { body } = await hold(owner, orderId);
    await confirm(owner, body?.holdId ?? '');
    await hold(owner, orderId);
    await world.age(orderId, 3600);
    await world.ageAnswers(orderId, 3600);
    await world.reconcile();
    // The driver's no leaves a hold of one more minute.
    expect(await rowsOf(orderId)).toMatchObject({
      status: 'partially_filled',
      trucks: ['held', 'expired', 'expired'],
      assignments: ['timed_out'],
    });
    await world.ageAnswers(orderId, 61);
    await world.reconcile();
    expect(await rowsOf(orderId)).toMatchObject({
      status: 'expired',
      trucks: ['expired', 'expired', 'expired'],
    });
    await expectWhole(orderId);
  });
});

describe('PostgreSQL is restarted between a hold and its confirmation', () => {
  const heldTwo = async () => {
    const { orderId, transporters } = await world.search(
      [{ km: 1, kinds: [tataAce, tataAce] }],
      [aces(2)],
    );
    await world.wave(orderId);
    const owner = one(transporters);
    const { body } = await hold(owner, orderId, randomUUID(), 2);
    return { orderId, owner, holdId: body?.holdId ?? '' };
  };
  const expectConfirmedOnce = async (
    { orderId, owner, holdId }: Awaited<ReturnType<typeof heldTwo>>,
    key: string,
  ) => {
    const again = await vi.waitFor(
      async () => {
        const told = await confirm(owner, holdId, { key, pairs: 2 });
        expect(told.error).toBeUndefined();
        return told.body?.assignmentIds;
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await rowsOf(orderId)).toMatchObject({
      status: 'fully_filled',
      assignments: ['pending', 'pending'],
      holds: ['confirmed'],
    });
    await expectWhole(orderId);
    return again;
  };

  test('while it is away, confirming is refused for now, and works when it is back', async () => {
    const held = await heldTwo();
    const key = randomUUID();
    await world.stopPostgres();
    const refused = await confirm(held.owner, held.holdId, { key, pairs: 2 });
    expect(refused.error?.code).toBe('SERVICE_UNAVAILABLE');
    await world.ways.postgres.door.open();
    await expectConfirmedOnce(held, key);
  });

  test('if it is back at once, the confirmation succeeds, or does when it is asked again', async () => {
    const held = await heldTwo();
    const key = randomUUID();
    await world.stopPostgres();
    await world.ways.postgres.door.open();
    const { error } = await confirm(held.owner, held.holdId, { key, pairs: 2 });
    expect([undefined, 'SERVICE_UNAVAILABLE']).toContain(error?.code);
    await expectConfirmedOnce(held, key);
  });

  test.each(['before', 'after'] as const)(
    'if it goes %s the commit, the trucks are assigned once',
    async (side) => {
      const held = await heldTwo();
      const key = randomUUID();
      world.ways.postgres.trap[side](
        (said) => said.includes('COMMIT'),
        async () => {
          await world.stopPostgres();
          return 'lost';
        },
      );
      const { error } = await confirm(held.owner, held.holdId, { key, pairs: 2 });
      expect(error?.code).toBe('SERVICE_UNAVAILABLE');
      const assigned = (await rowsOf(held.orderId)).assignments.length;
      expect(assigned).toBe(side === 'before' ? 0 : 2);
      await world.ways.postgres.door.open();
      const ids = await expectConfirmedOnce(held, key);
      expect(ids).toHaveLength(2);
    },
  );
});

describe('the answer to a hold is lost', () => {
  const held = async () => {
    const { orderId, transporters } = await world.search(
      [{ km: 1, kinds: [tataAce, tataAce] }],
      [aces(2)],
    );
    await world.wave(orderId);
    const owner = one(transporters);
    const key = randomUUID();
    const { body } = await hold(owner, orderId, key);
    return { orderId, owner, key, holdId: body?.holdId ?? '' };
  };

  test('asked again with the same key, it is the same hold', async () => {
    const { orderId, owner, key, holdId } = await held();
    const again = await hold(owner, orderId, key);
    expect(again.body?.holdId).toBe(holdId);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await rowsOf(orderId)).holds).toEqual(['active']);
  });

  test('and so it is when the record of it is lost, too', async () => {
    const { orderId, owner, key, holdId } = await held();
    await world.forget('holdTrucks', owner.id, key);
    const again = await hold(owner, orderId, key);
    expect(again.body?.holdId).toBe(holdId);
    expect((await rowsOf(orderId)).holds).toEqual(['active']);
  });

  test('when it was committed and PostgreSQL went away, it is the same hold', async () => {
    const { orderId, transporters } = await world.search([near], [aces(1)]);
    await world.wave(orderId);
    const owner = one(transporters);
    const key = randomUUID();
    world.ways.postgres.trap.after(
      (said) => said.includes('COMMIT'),
      async () => {
        await world.stopPostgres();
        return 'lost';
      },
    );
    expect((await hold(owner, orderId, key)).error?.code).toBe('SERVICE_UNAVAILABLE');
    await world.heal();
    const again = await hold(owner, orderId, key);
    expect(again.error).toBeUndefined();
    expect((await rowsOf(orderId)).holds).toEqual(['active']);
    await expectWhole(orderId);
  });

  test('with another quantity it is a conflict, also when the record of it is lost', async () => {
    const { orderId, owner, key } = await held();
    const conflict = { error: { status: 422, code: 'IDEMPOTENCY_CONFLICT' } };
    expect(await hold(owner, orderId, key, 2)).toMatchObject(conflict);
    await world.forget('holdTrucks', owner.id, key);
    expect(await hold(owner, orderId, key, 2)).toMatchObject(conflict);
    expect((await rowsOf(orderId)).trucks).toEqual(['held', 'searching']);
  });
});

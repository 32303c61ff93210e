import * as fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { untrueClaims } from '../support/faults/market-claims.ts';
import { brokenMarket } from '../support/faults/market-invariants.ts';
import { marketRace, type MarketRace } from '../support/faults/market-race.ts';
import { busy, MarketRacer } from '../support/faults/market-racer.ts';
import { marketRaceWorld, type MarketRaceWorld } from '../support/worlds/market-race-world.ts';

const seed = Number(process.env['RACE_SEED'] ?? randomInt(2 ** 31));
/** How many: `npm run test:long` runs two thousand. */
const races = Number(process.env['DISPATCH_RACES'] ?? 24);
/** So many orders at once: they share the fleets, so many a transporter wants one truck on several. */
const atOnce = 3;
/** How often each answer is given at least. Among a few races, chance may give none of the rarer ones. */
const fewest = races < 100 ? 0 : races / 50;
const surely = ['hold done', 'hold NOT_ENOUGH_AVAILABLE', 'accept done', 'cancel done'];

function inRounds(all: readonly MarketRace[]): readonly (readonly MarketRace[])[] {
  return all.length === 0 ? [] : [all.slice(0, atOnce), ...inRounds(all.slice(atOnce))];
}

let world: MarketRaceWorld;
beforeAll(async () => {
  world = await marketRaceWorld();
});

/** What must have been answered now and then, else there was nothing to keep. */
const usualAnswers = [
  'hold done',
  'hold NOT_ENOUGH_AVAILABLE',
  'hold ORDER_INACTIVE',
  'accept done',
  'accept ORDER_INACTIVE',
  'decline done',
  'confirm done',
  'confirm HOLD_EXPIRED',
  'release done',
  'driver accepts done',
  'driver declines done',
  'give up done',
  'cancel done',
];

describe('orders that many transporters race for', () => {
  test('keep every promise', { timeout: 180_000 + 1500 * races }, async () => {
    const answers: string[] = [];
    for (const [round, planned] of inRounds(
      fc.sample(marketRace, { seed, numRuns: races }),
    ).entries()) {
      const told = await raced(planned);
      answers.push(...told.answers);
      expect(told.broken, `RACE_SEED=${seed}, round ${round}`).toEqual([]);
    }
    expect(await brokenMarket(world.sql), `RACE_SEED=${seed}`).toEqual([]);

    const refused = answers.filter((each) => busy.some((code) => each.endsWith(` ${code}`)));
    expect(refused.length / answers.length, 'too busy to say').toBeLessThan(0.1);
    const counted = Object.groupBy(answers, (answer) => answer);
    for (const usual of races < 100 ? surely : usualAnswers) {
      expect(counted[usual]?.length ?? 0, `RACE_SEED=${seed}: ${usual}`).toBeGreaterThan(fewest);
    }
  });
});

const oneAce: MarketRace = { aces: 1, open17s: 0, lastsMs: 60_000, parties: [], events: [] };
/** The first fleets have one small truck each. */
const wantedBy = (...those: readonly number[]): MarketRace => ({
  ...oneAce,
  parties: those.map((fleet) => ({
    fleet,
    afterMs: 0,
    replica: 0,
    first: 'hold',
    ownKind: true,
    quantity: 1,
    twice: 'no',
    afterwards: 'wait',
    driver: 'nothing',
    again: false,
  })),
});
const lockOrder = 'SELECT FROM weelo.orders WHERE id = $1 FOR UPDATE';
const kindOfAce = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' };

/** An order that a fleet was offered, and what that fleet can do with it. */
async function offered(fleet: number) {
  const order = await world.open(wantedBy(fleet));
  const { orderId } = order;
  const owner = world.owners[fleet];
  const [vehicleId = ''] = owner?.vehicles ?? [];
  const [driver] = owner?.drivers ?? [];
  if (!owner || !driver) throw new Error('There are fewer fleets');
  const { token } = owner;
  const [{ orders }] = world.whole;
  onTestFinished(async () => {
    await orders.cancelOrder({ token: order.token, params: { id: orderId }, body: {} });
  });
  return {
    orderId,
    vehicleId,
    driver,
    hold: (replica = 0) =>
      (world.replicas[replica] ?? world.whole[0]).orders.holdTrucks({
        token,
        body: { orderId, quantity: 1, ...kindOfAce },
      }),
    accept: () =>
      orders.acceptBroadcast({
        token,
        params: { id: orderId },
        body: { vehicleId, driverId: driver.id },
      }),
    driverAccepts: (id: string) => orders.acceptAssignment({ token: driver.token, params: { id } }),
  };
}

describe('who waits for a lock decides by what is there when it has it', () => {
  test('P4: a hold that waited past the deadline of the search comes too late', async () => {
    const { orderId, hold } = await offered(0);
    const letGo = await world.hold(lockOrder, [orderId]);
    const holding = hold();
    await world.waiting(1);
    await letGo(
      `UPDATE weelo.orders SET search_deadline = clock_timestamp() - interval '1 s' WHERE id = $1`,
      [orderId],
    );
    expect((await holding).error?.code).toBe('ORDER_INACTIVE');
    expect(await brokenMarket(world.sql, [orderId])).toEqual([]);
  });

  test('P6: a driver whose answer waited past its time comes too late', async () => {
    const { orderId, accept, driverAccepts } = await offered(1);
    const { body } = await accept();
    const assignmentId = body?.assignmentId ?? '';
    const letGo = await world.hold(lockOrder, [orderId]);
    const answering = driverAccepts(assignmentId);
    await world.waiting(1);
    await letGo(
      `UPDATE weelo.assignments SET answer_by = clock_timestamp() - interval '1 s' WHERE id = $1`,
      [assignmentId],
    );
    expect((await answering).error?.code).toBe('ASSIGNMENT_TIMED_OUT');
    expect(await brokenMarket(world.sql, [orderId])).toEqual([]);
  });

  test('P11: a vehicle that its owner takes out of service meanwhile is not put on a truck', async () => {
    const { orderId, vehicleId, accept } = await offered(3);
    const setStatus = 'UPDATE weelo.vehicles SET status = $2 WHERE id = $1';
    const letGo = await world.hold(setStatus, [vehicleId, 'maintenance']);
    const accepting = accept();
    await world.waiting(1);
    await letGo();
    const { error } = await accepting;
    await world.sql(setStatus, [vehicleId, 'available']);
    expect(['NOT_ENOUGH_AVAILABLE', 'CONFIRM_FAILED']).toContain(error?.code);
    expect(await brokenMarket(world.sql, [orderId])).toEqual([]);
  });

  test('P8: a wave that comes twice at once begins once', async () => {
    await world.beatAll();
    const { orderId } = await offered(6);
    const letGo = await world.hold(lockOrder, [orderId]);
    const wave = { kind: 'search-wave', orderId, wave: 1 };
    const waves = world.whole.map((each) => each.tell(wave));
    await world.waiting(2);
    await letGo();
    for (const { batchItemFailures } of await Promise.all(waves)) {
      expect(batchItemFailures).toEqual([]);
    }
    const [order] = await world.sql('SELECT event_version FROM weelo.orders WHERE id = $1', [
      orderId,
    ]);
    expect(order).toEqual({ event_version: 2 });
  });

  test('P10: a truck that is given back while a wave is chosen is offered all the same', async () => {
    await world.beatAll();
    const [owner] = world.owners.slice(4);
    const { hold } = await offered(4);
    const { body: held } = await hold();
    // All others were asked already.
    const others = [...world.owners.keys()].filter((i) => i !== 4);
    const { orderId, token } = await world.open({ ...wantedBy(...others), open17s: 1 });
    onTestFinished(async () => {
      const [{ orders }] = world.whole;
      await orders.cancelOrder({ token, params: { id: orderId }, body: {} });
    });
    const letGo = await world.hold(lockOrder, [orderId]);
    const wave = world.whole[0].tell({ kind: 'search-wave', orderId, wave: 1 });
    await world.waiting(1);
    await world.whole[1].orders.releaseHold({
      token: owner?.token ?? '',
      body: { holdId: held?.holdId ?? '' },
    });
    await letGo();
    expect((await wave).batchItemFailures).toEqual([]);
    const toldKinds = async () => {
      const [offer] = await world.sql<{ told: string[] }>(
        'SELECT told_kinds AS told FROM weelo.offers WHERE order_id = $1 AND transporter_id = $2',
        [orderId, owner?.id],
      );
      return offer?.told;
    };
    expect(await toldKinds()).toEqual(['open_17_ft']);
    const asked: Record<string, unknown>[] = [];
    await vi.waitFor(async () => {
      asked.push(...(await world.take('DISPATCH_QUEUE_URL')));
      const refresh = { kind: 'refresh-offer', orderId, transporterId: owner?.id };
      expect(asked).toContainEqual(refresh);
    });
    await world.whole[0].tell({ kind: 'refresh-offer', orderId, transporterId: owner?.id });
    expect((await toldKinds())?.toSorted()).toEqual(['mini_tata_ace', 'open_17_ft']);
  });

  test('two waves that come at once ask nobody twice, and neither fails', async () => {
    await world.beatAll();
    const { orderId } = await offered(7);
    const letGo = await world.hold(lockOrder, [orderId]);
    const tell = (replica: number, wave: number) =>
      world.whole[replica === 0 ? 0 : 1].tell({ kind: 'search-wave', orderId, wave });
    const first = tell(0, 1);
    await world.waiting(1);
    const second = tell(1, 2);
    await world.waiting(2);
    await letGo();
    expect([await first, await second]).toEqual([
      { batchItemFailures: [] },
      { batchItemFailures: [] },
    ]);
    expect(await brokenMarket(world.sql, [orderId])).toEqual([]);
  });

  test('P5: one free truck, wanted for three orders at once, is held for one of them', async () => {
    const those = [await offered(9), await offered(9), await offered(9)];
    const orderIds = those.map(({ orderId }) => orderId);
    // All of them get their order at the same instant.
    const letGo = await world.hold(
      'SELECT FROM weelo.orders WHERE id = ANY ($1::uuid[]) FOR UPDATE',
      [orderIds],
    );
    const holding = those.map(({ hold }, i) => hold(i));
    await world.waiting(3);
    await letGo();
    const told = (await Promise.all(holding)).map(({ error }) => error?.code ?? 'held');
    expect(told.toSorted()).toEqual(['NOT_ENOUGH_AVAILABLE', 'NOT_ENOUGH_AVAILABLE', 'held']);
    expect(await brokenMarket(world.sql, orderIds)).toEqual([]);
  });
});

/** Runs some races at once, and then lets all of it end: holds and drivers are overdue, and customers cancel the rest. */
async function raced(planned: readonly MarketRace[]) {
  await world.beatAll();
  const racers: MarketRacer[] = [];
  for (const race of planned) racers.push(new MarketRacer(world, await world.open(race), race));
  const orderIds = racers.map(({ order }) => order.orderId);
  await Promise.all(racers.map((each) => each.run()));
  const broken = [
    ...racers.flatMap((each) => each.complaints.splice(0)),
    ...(await contradictions(racers, orderIds)),
  ];

  // Every timer was lost: the reconciler finds it all.
  await world.age('holds', orderIds);
  await world.age('drivers', orderIds);
  await world.whole[0].reconcile();
  broken.push(...(await contradictions(racers, orderIds)), ...(await overdue(orderIds)));

  await Promise.all(racers.map((each) => each.cancel()));
  broken.push(
    ...racers.flatMap((each) => each.complaints),
    ...(await contradictions(racers, orderIds)),
    ...(await notFree()),
  );
  await world.forgive();
  return { broken: [...new Set(broken)], answers: racers.flatMap((each) => each.answers) };
}

async function contradictions(racers: readonly MarketRacer[], orderIds: readonly string[]) {
  const claims = racers.flatMap((each) => each.claims.splice(0));
  const released = racers.flatMap((each) => each.released);
  return [
    ...(await brokenMarket(world.sql, orderIds)),
    ...(await untrueClaims(world.sql, claims, released)),
    ...(await world.seenTooLate()),
  ];
}

/** P6: what is overdue, though the reconciler has looked. */
async function overdue(orderIds: readonly string[]): Promise<readonly string[]> {
  const found = await world.sql<{ id: string }>(
    `SELECT id FROM weelo.holds
     WHERE order_id = ANY ($1::uuid[]) AND status = 'active' AND expires_at < clock_timestamp() - interval '1 second'
     UNION ALL SELECT id FROM weelo.assignments
     WHERE order_id = ANY ($1::uuid[]) AND status = 'pending' AND answer_by < clock_timestamp() - interval '1 second'
     UNION ALL SELECT id FROM weelo.orders
     WHERE id = ANY ($1::uuid[]) AND search_closed_at IS NULL AND search_deadline < clock_timestamp() - interval '10 seconds'`,
    [orderIds],
  );
  return found.map(({ id }) => `P6: ${id} is overdue, and the reconciler has left it`);
}

/** Vehicles that are not free, though every order is over. */
async function notFree(): Promise<readonly string[]> {
  const found = await world.sql<{ id: string; status: string }>(
    `SELECT id, status FROM weelo.vehicles WHERE status <> 'available'`,
  );
  return found.map(({ id, status }) => `Vehicle ${id} is ${status}, and no order wants it`);
}

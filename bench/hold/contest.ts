import type { Pool } from '@weelo/data';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { median, type Measured } from '../benchmark.ts';
import { there } from '../login/warm-auth.ts';
import type { OfferedOrder } from './offered-orders.ts';
import type { HoldBy, WarmHolds } from './warm-holds.ts';

export const contenders = 50;
const rounds = 21;
const warmUp = 3;
/** In each round orders are contested, and held by one alone: from behind a gate, and without. */
export const contestOrders = 4 * (warmUp + rounds);

const atMost = 3;

/** Longer than the two seconds after which whoever waits for a lock gives up: on a slow machine it takes long until all wait. */
const gateMs = 5000;

/**
 * Transporters who hold one truck at the same instant, each by an environment of its own, and one who holds alone. All
 * environments share a thread here, and on Lambda they do not. So it is measured from the moment when all of them stand
 * before the order's row, and the one who locks it lets go: what lies before costs each one its own time only. The
 * second row says what all of it takes on one thread; it is about this machine.
 */
export async function contest(
  warm: WarmHolds,
  orders: readonly OfferedOrder[],
): Promise<readonly Measured[]> {
  await waitLonger(warm);
  const environments: HoldBy[] = [];
  while (environments.length < contenders) environments.push(await connected(warm));
  const left = orders.values();
  const times = { crowd: new Array<number>(), alone: new Array<number>() };
  const whole = { crowd: new Array<number>(), alone: new Array<number>() };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const [all, from] of [
      [times, behindTheGate],
      [whole, atOnce],
    ] as const) {
      const crowd = await winnersTime(warm, there(left.next().value), environments, from);
      const one = there(environments[round % contenders]);
      all.alone.push(await winnersTime(warm, there(left.next().value), [one], from));
      all.crowd.push(crowd);
    }
  }
  const row = (what: string, { crowd, alone }: typeof times) => {
    const [took, limit] = [median(crowd.slice(warmUp)), median(alone.slice(warmUp))];
    return { what, took, limit, ratio: took / limit };
  };
  const what = `${contenders} transporters on one truck: the winner, against a hold alone`;
  return [
    { ...row(what, times), atMost },
    row(`${what}, with all that their one thread does`, whole),
  ];
}

/** For all who connect from now on. */
async function waitLonger({ bare: { pool }, env }: WarmHolds): Promise<void> {
  const name = `"${env.DATABASE_NAME}"`;
  await pool.query(`ALTER ROLE CURRENT_USER IN DATABASE ${name} SET lock_timeout = ${gateMs}`);
}

/** An environment that has served a call: it has asked for an order that does not exist. */
async function connected(warm: WarmHolds): Promise<HoldBy> {
  const hold = await warm.newEnvironment();
  const how = await hold(await warm.holdOf(randomUUID(), randomUUID()));
  if (how !== 'ORDER_NOT_FOUND') throw new Error(`Not there, and yet: ${how}`);
  return hold;
}

/** Says when it began. */
type From = (warm: WarmHolds, orderId: string, calls: readonly (() => void)[]) => Promise<number>;

async function winnersTime(
  warm: WarmHolds,
  { id, transporterIds }: OfferedOrder,
  environments: readonly HoldBy[],
  from: From,
): Promise<number> {
  const asked = await Promise.all(
    environments.map((_, i) => warm.holdOf(id, there(transporterIds[i]))),
  );
  const answers = environments.map(() => Promise.withResolvers<{ how: string; at: number }>());
  const calls = environments.map((hold, i) => () => {
    const { resolve, reject } = there(answers[i]);
    hold(there(asked[i])).then((how) => resolve({ how, at: performance.now() }), reject);
  });
  const begun = await from(warm, id, calls);
  const told = await Promise.all(answers.map(({ promise }) => promise));
  const winner = told.find(({ how }) => how === 'HELD');
  const { rowCount: holds } = await warm.bare.pool.query(
    'SELECT FROM weelo.holds WHERE order_id = $1',
    [id],
  );
  const answered = Object.groupBy(told, ({ how }) => how);
  const { HELD, NOT_ENOUGH_AVAILABLE: _, SERVICE_UNAVAILABLE: unserved = [], ...others } = answered;
  if (!winner || HELD?.length !== 1 || holds !== 1 || Object.keys(others).length > 0) {
    throw new Error(`Not one winner, but ${told.map(({ how }) => how).join(', ')}`);
  }
  // On a machine that is busy with something else; everybody else learns that the truck is taken.
  if (unserved.length > 0) console.log(`${unserved.length} were told to try again later`);
  return winner.at - begun;
}

const atOnce: From = async (_, __, calls) => {
  const begun = performance.now();
  for (const call of calls) call();
  return begun;
};

const behindTheGate: From = async ({ bare: { pool } }, orderId, calls) => {
  const gate = await pool.connect();
  try {
    await gate.query('BEGIN');
    await gate.query('SELECT FROM weelo.orders WHERE id = $1 FOR UPDATE', [orderId]);
    for (const call of calls) call();
    const tooLate = performance.now() + gateMs;
    for (;;) {
      const waiting = await waitingIn(pool);
      if (waiting === calls.length) break;
      if (performance.now() > tooLate) throw new Error(`Only ${waiting} came to the gate`);
      await pause(5);
    }
    const begun = performance.now();
    await gate.query('COMMIT');
    return begun;
  } finally {
    gate.release();
  }
};

async function waitingIn(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

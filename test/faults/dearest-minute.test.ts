import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { logOut } from '../../src/contract/http/auth/routes.ts';
import { getProfile } from '../../src/contract/http/profile/routes.ts';
import { callsPerUser, type Route } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { stageNamed } from '../../lib/parts/stages.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import type { Send } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';
import { answerTo, requestTo } from '../support/requests.ts';
import { watchEngines } from '../support/engines/watched-engines.ts';

type Role = 'customer' | 'transporter';
const inVpc = ['auth', 'fleet', 'orders'] as const;
type Served = (typeof inVpc)[number];

/** One search asks eight at the most, as its own test says, and is counted. */
const questionsOfSearch = 9;
/** Of the heartbeats that are heard: thirty, of which twelve are written (heartbeat-round-trips.test.ts). */
const questionsOfHeartbeats = 30 + 12 * 3;

let world: Awaited<ReturnType<typeof authWorld>>;
let costOf: Awaited<ReturnType<typeof watchEngines>>['costOf'];
let sendTo: Readonly<Record<Served, Send>>;
let accounts: Readonly<Record<Role | 'refused', Awaited<ReturnType<typeof somebody>>>>;

beforeAll(async () => {
  const engines = await watchEngines();
  world = await authWorld(engines.instead);
  costOf = engines.costOf;
  const [auth, fleet, orders] = await Promise.all([
    import('../../functions/auth.ts'),
    import('../../functions/fleet.ts'),
    import('../../functions/orders.ts'),
  ]);
  sendTo = { auth: into(auth.handler), fleet: into(fleet.handler), orders: into(orders.handler) };
  accounts = {
    customer: await somebody('customer'),
    transporter: await somebody('transporter'),
    refused: await somebody('customer'),
  };
});

const isServed = (name: string): name is Served => inVpc.some((each) => each === name);

/** The routes that an account of a role may call, and that count its calls. */
function callable(role: Role): readonly Route[] {
  const declared: readonly Route[] = routes;
  return declared.filter(
    ({ audience, rateLimit, function: name }) =>
      isServed(name) &&
      rateLimit?.countedBy === undefined &&
      (audience === 'signed-in' || (audience !== 'public' && audience.includes(role))),
  );
}

/** Somebody who calls routes as their examples do, for an order of its own where it is about one. */
async function somebody(role: Role) {
  const { user, tokens } = await world.logIn(freshPhone(), role);
  const token = tokens.accessToken;
  const call = (route: Route, id?: string) => {
    if (!isServed(route.function)) throw new Error(`${route.id} is served elsewhere`);
    const request = requestTo(route, {
      token,
      headers: route.idempotency ? { 'x-idempotency-key': randomUUID() } : {},
      ...(id !== undefined && route.function === 'orders' && route.params && { params: { id } }),
      ...(route.id === 'placeOrder' && { body: documentedOrder }),
    });
    return answerTo(sendTo[route.function], request);
  };
  return { id: user.id, call };
}

/** How many questions to Redis one call of each route is, where nothing is cached; logging out comes last. */
async function questionsOf(role: Role) {
  const { id: userId, call } = accounts[role];
  const [place] = callable(role).filter(({ id }) => id === 'placeOrder');
  const asked = new Map<string, number>();
  const all = callable(role).toSorted((a, b) => Number(a === logOut) - Number(b === logOut));
  for (const route of all) {
    // What a function's first call costs it once: connections, keys.
    if (![...asked.keys()].some((id) => functionOf(id) === route.function)) await call(route);
    const orderId = place && route !== place ? await orderOf(userId, () => call(place)) : undefined;
    const { outcome, cost } = await costOf(() => call(route, orderId));
    expect([route.id, outcome]).not.toEqual([route.id, 'INTERNAL_ERROR']);
    asked.set(route.id, cost.redis.length);
  }
  return asked;
}

const functionOf = (routeId: string) => routes.find(({ id }) => id === routeId)?.function;

/** An order that is open, and not cached. */
async function orderOf(userId: string, place: () => Promise<unknown>): Promise<string> {
  const open = `SELECT id FROM weelo.orders WHERE customer_id = $1 AND search_closed_at IS NULL`;
  if ((await world.sql(open, [userId])).length === 0) await place();
  const [order] = await world.sql(open, [userId]);
  const orderId = String(order?.['id']);
  await world.redis.del(`order:${orderId}`);
  return orderId;
}

/** The calls of a minute that ask the most, as far as all limits go. */
function dearestMinute(role: Role, asked: ReadonlyMap<string, number>): number {
  const dearestFirst = callable(role)
    .map(({ id, rateLimit }) => ({
      questions: id === 'searchTrucks' ? questionsOfSearch : (asked.get(id) ?? Infinity),
      calls: rateLimit?.limit ?? callsPerUser.limit,
    }))
    .toSorted((a, b) => b.questions - a.questions);
  let [left, sum] = [callsPerUser.limit, 0];
  for (const { questions, calls } of dearestFirst) {
    const made = Math.min(calls, left);
    left -= made;
    sum += made * questions;
  }
  // Whatever is left is refused, with the question that counts it.
  return sum + left + (role === 'transporter' ? questionsOfHeartbeats : 0);
}

test.each(['customer', 'transporter'] as const)(
  'of all that a %s can do in a minute nothing takes from the logins what they need',
  async (role) => {
    const asked = await questionsOf(role);
    const others = [...asked].filter(([id]) => id !== 'searchTrucks');
    expect(others.filter(([, questions]) => questions > 5)).toEqual([]);
    const perSecond = dearestMinute(role, asked) / 60;
    expect(perSecond).toBeLessThan(60);
    // A question is about a dozen commands.
    const { cache } = stageNamed('prod');
    const most = cache.kind === 'new' ? cache.maxUnitsPerSecond : 0;
    expect(perSecond * 12).toBeLessThan(most / 100);
  },
);

test('a call that is refused is one question', async () => {
  const { id, call } = accounts.refused;
  await call(getProfile);
  await world.redis.set(`rate:{${id}}:all`, callsPerUser.limit, 'PX', 60_000);
  const { outcome, cost } = await costOf(() => call(getProfile));
  expect(outcome).toBe('RATE_LIMIT_EXCEEDED');
  expect(cost).toEqual({
    redis: [`eval rate:{${id}}:getProfile rate:{${id}}:all`],
    postgres: [],
    aws: [],
  });
});

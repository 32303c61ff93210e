import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { vehicleTypes } from '../../src/catalogue/vehicle-types.ts';
import { errors } from '../../src/contract/errors.ts';
import { routeKeysOf, type Route } from '../../src/contract/http/route.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { ErrorBody } from '../../src/contract/wire.ts';
import type { Send } from '../support/client.ts';
import { into } from '../support/invoke.ts';
import {
  brokenBodies,
  malformedOrders,
  meantOrders,
  twiceMalformedOrders,
  unservableOrders,
  type Malformed,
} from '../support/malformed-orders.ts';
import { documentedOrder, orderWorld } from '../support/worlds/order-world.ts';
import { requestTo } from '../support/requests.ts';

const seed = 20_260_131;
/** Hundreds of requests take long beside a neighbour who uses both cores. */
const patient = { timeout: 300_000 };

let world: Awaited<ReturnType<typeof orderWorld>>;
let send: Send;
beforeAll(async () => {
  world = await orderWorld();
  const { handler } = await import('../../functions/orders.ts');
  send = into(handler);
});

type Change = Parameters<typeof requestTo>[1] & { readonly text?: string };

/** Sends what a route's example says, with what is to be otherwise, as somebody new who may call it unless another is named; `text` stands for the body as it is. */
async function ask(route: Route, { text, ...change }: Change = {}) {
  const token = change.token ?? (await callerOf(route));
  const request = requestTo(route, { ...change, token });
  const { status, body } = await send(text === undefined ? request : { ...request, body: text });
  return { status, body, refused: ErrorBody.safeParse(JSON.parse(body)).data?.error };
}

async function callerOf({ audience }: Route): Promise<string> {
  if (audience.includes('customer')) return (await world.customer()).token;
  const role = (['transporter', 'driver'] as const).find((each) => audience.includes(each));
  if (!role) throw new Error(`Nobody of a role may call it: ${String(audience)}`);
  return world.sign({ sub: randomUUID(), sid: randomUUID(), role });
}

const named = (id: string): Route => {
  const found = routesOf('orders').find((route) => route.id === id);
  if (!found) throw new Error(`There is no route ${id}`);
  return found;
};
const placing = named('placeOrder');
const withKey = (key = randomUUID() as string) => ({ 'x-idempotency-key': key });
const placeText = (text: string, headers: Readonly<Record<string, string>> = {}) =>
  ask(placing, {
    text,
    headers: { 'content-type': 'application/json', ...withKey(), ...headers },
  });

/** What was refused with which code, and every field that was named; a 4xx in the envelope or nothing. */
function refusalOf({ status, body, refused }: Awaited<ReturnType<typeof ask>>) {
  if (!refused || status < 400 || status > 499) throw new Error(`Answered ${status}: ${body}`);
  expect(errors[refused.code as keyof typeof errors].status).toBe(status);
  expect(refused.message).toBe(errors[refused.code as keyof typeof errors].message);
  return { code: refused.code, paths: refused.details?.map(({ path }) => path) ?? [] };
}

/** Everything that an order could have left anywhere. */
async function traces() {
  const [rows] = await world.sql(
    `SELECT (SELECT count(*)::int FROM weelo.orders) AS orders,
            (SELECT count(*)::int FROM weelo.truck_requests) AS trucks,
            (SELECT count(*)::int FROM weelo.route_points) AS stops,
            (SELECT count(*)::int FROM weelo.outbox) AS events`,
  );
  const sqs = new SQSClient({});
  const attributes = await Promise.all(
    (['DISPATCH_QUEUE_URL', 'NOTIFY_QUEUE_URL'] as const).map((name) =>
      sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: world.variables[name], AttributeNames: ['All'] }),
      ),
    ),
  );
  const messages = attributes.flatMap(({ Attributes = {} }) =>
    Object.entries(Attributes).flatMap(([name, value]) =>
      name.startsWith('ApproximateNumberOfMessages') ? [Number(value)] : [],
    ),
  );
  return { ...rows, messages: messages.reduce((sum, each) => sum + each, 0) };
}
const nothing = { orders: 0, trucks: 0, stops: 0, events: 0, messages: 0 };

describe('a malformed order', () => {
  // Before anything else here is placed, and looked at after each of these.
  afterAll(async () => {
    await world.sql('TRUNCATE weelo.orders CASCADE');
  });

  const corpora = {
    'with one mistake': malformedOrders(),
    'with two mistakes': twiceMalformedOrders(200, seed),
    'that is no JSON object': brokenBodies(50, seed),
  };

  test('can be malformed in at least 500 ways', () => {
    const bodies = Object.values(corpora).flatMap((corpus) => corpus.map(({ body }) => body));
    expect(new Set(bodies).size).toBeGreaterThan(500);
  });

  test.each(Object.entries(corpora))(
    '%s is refused by the name of the field',
    patient,
    async (_, all) => {
      const misunderstood: Record<string, unknown> = {};
      for (const each of all) {
        const { code, paths } = await placeText(each.body).then(refusalOf, unrefused(each));
        const told = each.paths.every((path) => paths.includes(path));
        if (code !== 'VALIDATION_ERROR' || !told) misunderstood[each.what] = { code, paths };
      }
      expect(misunderstood).toEqual({});
      expect(await traces()).toEqual(nothing);
    },
  );

  test('that no truck can drive is refused by the name of the field', async () => {
    const misunderstood: Record<string, unknown> = {};
    for (const { code, ...each } of unservableOrders()) {
      const refused = await placeText(each.body).then(refusalOf, unrefused(each));
      const right = refused.code === code && refused.paths.join() === each.paths.join();
      if (!right) misunderstood[each.what] = refused;
    }
    expect(misunderstood).toEqual({});
    expect(await traces()).toEqual(nothing);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'sent as "%s" is refused unread',
    async (type) => {
      const answer = await placeText(JSON.stringify(documentedOrder), { 'content-type': type });
      expect(refusalOf(answer).code).toBe('UNSUPPORTED_MEDIA_TYPE');
      expect(await traces()).toEqual(nothing);
    },
  );

  test('that is longer than any order is refused unread', async () => {
    const goodsType = 'x'.repeat(70_000);
    const answer = await placeText(JSON.stringify({ ...documentedOrder, goodsType }));
    expect(refusalOf(answer).code).toBe('PAYLOAD_TOO_LARGE');
    expect(await traces()).toEqual(nothing);
  });

  test.each([
    undefined,
    '',
    'seven77',
    'x'.repeat(129),
    'with a space',
    'with,comma',
    'line-break\n',
    'schlüssel',
    '<script>alert</script>',
    '../../../etc',
  ])('with the idempotency key %j is refused', async (key) => {
    const headers = key === undefined ? {} : { 'x-idempotency-key': key };
    const answer = await ask(placing, { headers, body: documentedOrder });
    expect(refusalOf(answer).code).toBe('MISSING_IDEMPOTENCY_KEY');
    expect(await traces()).toEqual(nothing);
  });
});

function unrefused({ what, body }: Malformed) {
  return (error: unknown) => {
    throw new Error(`${what}: ${body.slice(0, 300)}`, { cause: error });
  };
}

describe('an order that is meant', () => {
  const [{ vehicleRequirements }] = [documentedOrder];
  const asking = (fields: object) => ({
    ...documentedOrder,
    vehicleRequirements: [{ ...vehicleRequirements[0], ...fields }],
  });
  const meant: Record<string, object> = {
    ...meantOrders,
    'with fields that nobody knows': {
      ...documentedOrder,
      pickup: { ...documentedOrder.pickup, placeId: 'x', accuracy: [1] },
      vehicleRequirements: vehicleRequirements.map((each) => ({ ...each, imageUrl: null })),
      paymentMode: { cash: true },
      __v: 3,
    },
    'with null for what it does not say': {
      ...documentedOrder,
      pickup: { ...documentedOrder.pickup, city: null, state: null, coordinates: null, lat: null },
      routePoints: null,
      goodsType: null,
      cargoWeightKg: null,
      scheduledAt: null,
    },
    'with no points between': { ...documentedOrder, routePoints: [] },
    'in scripts and signs': {
      ...documentedOrder,
      pickup: { ...documentedOrder.pickup, address: 'सेक्टर 18, नोएडा\n२०१३०१ 🚚' },
      goodsType: '👨‍👩‍👧 "goods" \\ \'); DROP TABLE orders; --',
    },
    'as long as may be': {
      ...documentedOrder,
      pickup: { ...documentedOrder.pickup, address: 'x'.repeat(500) },
      goodsType: 'x'.repeat(100),
      cargoWeightKg: 1_000_000,
      distanceKm: 5000,
    },
    'as short as may be': { ...documentedOrder, distanceKm: 0.1, cargoWeightKg: 1, goodsType: 'x' },
    'with 20 trucks of a kind': asking({ quantity: 20 }),
    'with 50 trucks in 50 lines': {
      ...documentedOrder,
      vehicleRequirements: Array.from({ length: 50 }, () => vehicleRequirements[0]),
    },
    'at the highest price': asking({ pricePerTruck: 1_000_000 }),
    'from corner to corner of India': {
      ...documentedOrder,
      pickup: { latitude: 6.5, longitude: 68, address: 'South-west' },
      drop: { latitude: 37, longitude: 97.5, address: 'North-east' },
    },
    ...Object.fromEntries(
      vehicleKinds.flatMap(({ type, name, captainName }) =>
        [...new Set([name, captainName])].map((vehicleSubtype) => [
          `of ${type.id}, ${vehicleSubtype}`,
          asking({ vehicleType: type.id, vehicleSubtype, pricePerTruck: type.floor }),
        ]),
      ),
    ),
  };

  test('may be of each of the nine types and more', () => {
    expect(vehicleTypes.length).toBeGreaterThanOrEqual(9);
    expect(Object.keys(meant).length).toBeGreaterThan(vehicleKinds.length);
  });

  test('is placed, however it is spelled', async () => {
    const refused: Record<string, string> = {};
    for (const [what, order] of Object.entries(meant)) {
      const { status, body } = await placeText(JSON.stringify(order));
      if (status !== 201) refused[what] = body;
    }
    expect(refused).toEqual({});
    expect(await traces()).toMatchObject({ orders: Object.keys(meant).length });
  });

  test('is one order, in all the ways to say it', async () => {
    const customer = await world.customer();
    const key = randomUUID();
    const { pickup, drop, distanceKm, ...rest } = documentedOrder;
    const { address, ...position } = pickup;
    const ways = [
      documentedOrder,
      { distanceKm, drop, pickup, ...rest },
      {
        ...documentedOrder,
        pickup: { address: ` ${address} `, coordinates: position, city: null },
      },
      {
        ...documentedOrder,
        pickup: { lat: position.latitude, lng: position.longitude, address, zoom: 7 },
        distanceKm: distanceKm + 0.2,
      },
      {
        ...documentedOrder,
        routePoints: [
          { type: 'PICKUP', ...pickup },
          { type: 'DROP', ...drop },
        ],
      },
    ];
    const answers = [];
    for (const order of ways) answers.push(await world.place(customer.token, { key, order }));
    const ids = answers.map(({ body }) => body?.order.id);
    expect(ids[0]).toEqual(expect.any(String));
    expect(new Set(ids).size).toBe(1);
    const replayed = answers.map(({ headers }) => headers['idempotent-replayed'] ?? 'first');
    expect(replayed).toEqual(['first', 'true', 'true', 'true', 'true']);

    const other = { ...documentedOrder, distanceKm: distanceKm + 1 };
    const { error } = await world.place(customer.token, { key, order: other });
    expect(error?.code).toBe('IDEMPOTENCY_CONFLICT');
  });
});

describe('an order that is asked about', () => {
  const ofOne = routesOf('orders').filter((route: Route) => route.params !== undefined);
  const walked = ofOne.flatMap((route: Route) =>
    routeKeysOf(route).map((key) => [key, { ...route, path: pathIn(key) }] as const),
  );
  const ids = [
    'x',
    '7',
    '-1',
    'null',
    'undefined',
    '..',
    '00000000-0000-0000-0000-00000000000',
    '019c2f6e-6a52-7c3e-9d41-0c5b8a7f1e2g',
    "' OR 1 = 1 --",
    '🚚',
    'a\u0000b',
    'a\uD83D',
    'a\uFFFF',
    `${randomUUID()}${randomUUID()}`,
    'x'.repeat(5000),
  ];

  test.each(walked)('%s refuses what is no id', async (_, route) => {
    for (const id of ids) {
      const { code, paths } = refusalOf(await ask(route, { params: { id } }));
      expect({ id, code, paths }).toEqual({ id, code: 'VALIDATION_ERROR', paths: ['id'] });
    }
  });

  test.each(walked)('%s does not know an id that nobody has', async (_, route) => {
    const answer = await ask(route, { params: { id: randomUUID() } });
    const isTrip = route.path.startsWith('/api/v1/assignments/');
    expect(refusalOf(answer).code).toBe(isTrip ? 'ASSIGNMENT_NOT_FOUND' : 'ORDER_NOT_FOUND');
  });

  const numbers = ['0', '-1', '1.5', '51', 'many', '', '1e999', 'NaN', '-Infinity', '१०', '1,2'];
  const lists: readonly [string, string, readonly string[]][] = [
    ['listOrders', 'limit', numbers],
    ['listOrders', 'cursor', ['', 'x', '7', '{}', `${randomUUID()}x`]],
    ['listOrders', 'status', ['', 'gone', 'BROADCASTING', 'confirmed', 'expired,cancelled']],
    ['listBookings', 'limit', numbers],
    ['listBookings', 'page', ['0', '-1', '1.5', '1001', 'x', '', '1e999']],
    ['listBookings', 'status', ['', 'gone', 'Confirmed', 'expired,cancelled']],
  ];
  test.each(lists)('%s refuses a wrong %s', async (id, name, values) => {
    for (const value of values) {
      const { code, paths } = refusalOf(await ask(named(id), { query: { [name]: value } }));
      expect({ value, code, paths }).toEqual({ value, code: 'VALIDATION_ERROR', paths: [name] });
    }
  });

  const withReason = walked.filter(([, { body }]) => body !== undefined && 'reason' in body.shape);
  const reasons: readonly [unknown, string][] = [
    ['x'.repeat(501), 'reason'],
    ['x'.repeat(20_000), 'reason'],
    [7, 'reason'],
    [true, 'reason'],
    [['late'], 'reason'],
    [{ text: 'late' }, 'reason'],
    ['a\u0007b', 'reason'],
    ['a\0b', 'reason'],
    ['a\uD83D', 'reason'],
    ['a\uFFFEb', 'reason'],
    ['a\uFFFF', 'reason'],
    ['a\uFDD0', 'reason'],
    ['a\u{1FFFE}', 'reason'],
  ];
  test('ends or is declined for a reason, by six routes', () => {
    expect(withReason).toHaveLength(6);
  });

  test.each(withReason)('%s refuses what is no reason, and cancels nothing', async (_, route) => {
    const { token: owner } = await world.customer();
    const { body } = await world.place(owner);
    const params = { id: body?.order.id ?? '' };
    const token = route.audience.includes('customer') ? owner : await callerOf(route);
    for (const [reason, path] of reasons) {
      const { code, paths } = refusalOf(await ask(route, { token, params, body: { reason } }));
      expect({ code, paths }).toEqual({ code: 'VALIDATION_ERROR', paths: [path] });
    }
    for (const text of ['[]', '"late"', '{"reason":', 'null']) {
      const { code, paths } = refusalOf(await ask(route, { token, params, text }));
      expect({ code, paths }).toEqual({ code: 'VALIDATION_ERROR', paths: [''] });
    }
    if (route.idempotency) {
      const key = { 'x-idempotency-key': 'short' };
      const { code } = refusalOf(await ask(route, { token, params, headers: key }));
      expect(code).toBe('MISSING_IDEMPOTENCY_KEY');
    }
    const after = await world.orders.getOrderStatus({ token: owner, params });
    expect(after.body).toMatchObject({ status: 'broadcasting', eventVersion: 1 });
  });
});

const pathIn = (routeKey: string) => routeKey.replace(/^\S+ /, '') as `/${string}`;

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSides } from '../../bench/health.ts';
import { databasesOf } from '../../bench/databases.ts';
import { plantTrips } from '../../bench/location/planted-trips.ts';
import {
  batchEvent,
  bookingEvent,
  expectTaken,
  openLocationSides,
  tripEvent,
  withTokens,
  type WatchedTrip,
} from '../../bench/location/sides.ts';
import { openLoginSides } from '../../bench/login/sides.ts';
import { there } from '../../bench/login/warm-auth.ts';
import { openPlaceOrderSides } from '../../bench/place-order/sides.ts';
import { unreadQueues } from '../../bench/unread-queues.ts';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import type { FunctionName } from '../../src/contract/functions.ts';
import { watchAws, watchPostgres, watchRedis } from '../support/engines/wire.ts';

let cloud: WeeloCloud;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined);
  return () => cloud.stop();
});

/** A function's variables, with a watch on every way that they name, and what was heard there of a piece of work. */
async function watched(name: FunctionName) {
  // Dispatch would work for the orders that are placed, beside what is watched.
  const unread = await unreadQueues();
  const { variables: found } = cloud.processOf(name);
  const { DATABASE_PORT, AWS_ENDPOINT_URL = '', REDIS_URL = '' } = found;
  const variables = { ...found, ...unread.variables };
  const sqs = await watchAws(() => Number(new URL(unread.variables.AWS_ENDPOINT_URL_SQS).port));
  const postgres = await watchPostgres(() => Number(DATABASE_PORT));
  const aws = await watchAws(() => Number(new URL(AWS_ENDPOINT_URL).port));
  const redis = await watchRedis(REDIS_URL);
  const queues = Object.entries(variables).filter(([variable]) => variable.endsWith('_QUEUE_URL'));
  const take = async () => ({
    postgres: postgres.take(),
    aws: [...aws.take(), ...sqs.take()].toSorted(),
    redis: (await redis.take()).map(withoutArguments).toSorted(),
  });
  return {
    variables: {
      ...variables,
      ...Object.fromEntries(
        queues.map(([variable, url]) => [variable, url.replace(/:\d+/, `:${sqs.port}`)]),
      ),
      DATABASE_PORT: String(postgres.port),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
      AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${sqs.port}`,
    },
    askedBy: async (work: () => Promise<unknown>) => {
      await take();
      await work();
      return take();
    },
    close: async () => {
      for (const each of [postgres, aws, redis, sqs]) each.close();
      await unread.stop();
    },
  };
}

/** A command and its script: which keys it names differs from call to call, how many does not. */
function withoutArguments([name = '', script, keys]: readonly string[]): readonly string[] {
  return script === undefined ? [name.toLowerCase()] : [name.toLowerCase(), script, `${keys} keys`];
}

interface Sides<T> {
  readonly prepare: () => Promise<T>;
  readonly ours: (prepared: T) => Promise<unknown>;
  readonly floor: (prepared: T) => Promise<unknown>;
}

/** What either side asks once it is warm. */
async function asked<T>(
  { prepare, ours, floor }: Sides<T>,
  { askedBy }: Awaited<ReturnType<typeof watched>>,
) {
  const once = async (side: (prepared: T) => Promise<unknown>) => {
    const prepared = await prepare();
    return askedBy(() => side(prepared));
  };
  for (let i = 0; i < 50; i++) for (const side of [ours, floor]) await side(await prepare());
  return { ours: await once(ours), floor: await once(floor) };
}

test('floor and handler of the bench "health" ask the same questions', async () => {
  const system = await watched('system');
  const sides = await openSides(system.variables);
  onTestFinished(async () => {
    await sides.close();
    await system.close();
  });
  const { ours, floor } = await asked({ prepare: () => Promise.resolve(), ...sides }, system);
  expect(ours).toEqual({
    postgres: ['SELECT 1'],
    aws: ['AmazonSQS.GetQueueAttributes', 'DynamoDB.GetItem'],
    redis: [['ping']],
  });
  expect(floor).toEqual(ours);
});

describe('floor and handler of the bench "login" ask the same questions', () => {
  let auth: Awaited<ReturnType<typeof watched>>;
  let sides: Awaited<ReturnType<typeof openLoginSides>>;
  beforeAll(async () => {
    auth = await watched('auth');
    sides = await openLoginSides(auth.variables);
    return async () => {
      await sides.close();
      await auth.close();
    };
  });

  test('of verify-otp', async () => {
    const { ours, floor } = await asked(sides.verifyOtp, auth);
    expect(ours).toMatchObject({ postgres: [expect.stringContaining('INSERT')], aws: [] });
    expect(ours.redis).toHaveLength(3);
    expect(floor).toEqual(ours);
  });

  test('of a profile', async () => {
    const { ours, floor } = await asked(sides.profile, auth);
    expect(ours).toMatchObject({ postgres: [expect.stringContaining('SELECT')], aws: [] });
    expect(ours.redis).toHaveLength(1);
    expect(floor).toEqual(ours);
  });

  test('of a token: none', async () => {
    const { ours, floor } = await asked(sides.verification, auth);
    expect(ours).toEqual({ postgres: [], aws: [], redis: [] });
    expect(floor).toEqual(ours);
  });
});

test('floor and handler of the bench "place-order" ask the same questions', async () => {
  const orders = await watched('orders');
  const sides = await openPlaceOrderSides(orders.variables, cloud.processOf('auth').variables);
  onTestFinished(async () => {
    await sides.close();
    await orders.close();
  });
  const { ours, floor } = await asked(sides, orders);
  expect(ours.postgres).toHaveLength(3);
  expect(ours.redis).toHaveLength(3);
  expect(ours.aws).toEqual([
    'AmazonSQS.SendMessageBatch',
    'AmazonSQS.SendMessageBatch',
    'AmazonSQS.SendMessageBatch',
    'DynamoDB.GetItem',
    'DynamoDB.PutItem',
    'DynamoDB.UpdateItem',
  ]);
  expect(floor).toEqual(ours);
});

describe('floor and handler of the bench "location" ask the same questions', () => {
  let trips: Awaited<ReturnType<typeof watched>>;
  let sides: Awaited<ReturnType<typeof openLocationSides>>;
  let planted: readonly WatchedTrip[];
  beforeAll(async () => {
    trips = await watched('trips');
    const { within } = await databasesOf(cloud);
    const { DATABASE_NAME = '' } = cloud.processOf('trips').variables;
    const rows = await within(DATABASE_NAME, (client) => plantTrips(client, 60));
    planted = await withTokens(rows, cloud.processOf('auth').variables);
    sides = await openLocationSides(trips.variables);
    return async () => {
      await sides.close();
      await trips.close();
    };
  });

  /** Each call is about another trip. The floor asks what our code has asked just before. */
  const askedFor = (eventOf: (trip: WatchedTrip) => unknown) => {
    const left = planted.values();
    let last: Awaited<ReturnType<typeof sides.ours>> | undefined;
    const ours = async () => {
      last = await sides.ours(eventOf(there(left.next().value)));
      expectTaken(last);
    };
    const floor = () => sides.floor(there(last));
    return asked({ prepare: () => Promise.resolve(), ours, floor }, trips);
  };

  test('of the first batch of a trip', async () => {
    const { ours, floor } = await askedFor((trip) => batchEvent(trip, Date.now(), 5));
    expect(ours.postgres.filter((statement) => !statement.startsWith('SELECT'))).toEqual([]);
    expect(ours.aws).toEqual(['AmazonSQS.SendMessage', 'DynamoDB.GetItem']);
    expect(floor).toEqual(ours);
  });

  test('of customers who look where their trucks are: nothing of PostgreSQL', async () => {
    for (const eventOf of [tripEvent, bookingEvent]) {
      const { ours, floor } = await askedFor(eventOf);
      expect(ours.postgres).toEqual([]);
      expect(ours.redis).toHaveLength(3);
      expect(floor).toEqual(ours);
    }
  });
});

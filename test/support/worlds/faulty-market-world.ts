import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Cluster } from 'ioredis';
import { createHash } from 'node:crypto';
import { expect, inject, vi } from 'vitest';
import { openGeoIndex } from '../../../src/fleet/presence/index/geo-index.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import { redisBehindDoors } from '../engines/redis-behind-doors.ts';
import { whenDone } from '../engines/when-done.ts';
import { openWay, type Way } from './faulty-order-world.ts';
import { marketWorld, somewhere, type Transporter } from './market-world.ts';
import { documentedOrder } from './order-world.ts';

const portOf = (url: string) => Number(new URL(url).port);
const local = ({ door }: Way) => `http://127.0.0.1:${door.port}`;
const behind = (url: string, { door }: Way) => url.replace(/:\d+/, `:${door.port}`);
const patience = { timeout: 20_000, interval: 50 };

/** One degree of latitude, in kilometres. */
const degreeKm = 111.195;

/** Customers and transporters, and a way to each engine that the functions use. */
export async function faultyMarketWorld() {
  const [redis, postgres, dynamodb, sqs] = await Promise.all([
    redisBehindDoors(),
    openWay(inject('postgres').port),
    openWay(portOf(inject('dynamodb').endpoint)),
    openWay(portOf(inject('sqs').endpoint)),
  ]);
  const ways = { postgres, dynamodb, sqs };
  const queues = ({ DISPATCH_QUEUE_URL = '', NOTIFY_QUEUE_URL = '' }) => ({
    DISPATCH_QUEUE_URL: behind(DISPATCH_QUEUE_URL, sqs),
    NOTIFY_QUEUE_URL: behind(NOTIFY_QUEUE_URL, sqs),
  });
  const market = await marketWorld((found) => ({
    REDIS_URL: redis.url,
    REDIS_MODE: 'cluster',
    DATABASE_PORT: String(postgres.door.port),
    AWS_ENDPOINT_URL_DYNAMODB: local(dynamodb),
    AWS_ENDPOINT_URL_SQS: local(sqs),
    ...queues(found),
  }));
  // Tests take what is on the queues through the same door.
  Object.assign(market.variables, queues(market.variables));
  const { sql, variables, orders } = market;

  // Where everybody is, is known to the Redis behind the doors.
  const cluster = new Cluster([redis.url]);
  cluster.on('error', () => undefined);
  whenDone(() => cluster.disconnect());
  const geo = openGeoIndex({
    redis: {
      evaluate: (script, keys, args) => cluster.eval(script, keys.length, ...keys, ...args),
      getRange: (key, first, last) => cluster.getrange(key, first, last),
    },
    clock,
    limitsLifted: true,
  });
  /** An order where nobody else is, and transporters who are so many kilometres away from its pickup. */
  const search = async (
    fleets: readonly { readonly km: number; readonly kinds: readonly string[] }[],
    vehicleRequirements: readonly object[],
  ) => {
    const { pickup, drop } = somewhere();
    const transporters: Transporter[] = [];
    for (const { km, kinds } of fleets) {
      const fleet = await market.transporter({ km, kinds, from: pickup });
      const position = { ...pickup, latitude: pickup.latitude + km / degreeKm };
      await geo.noteHeartbeat({ id: fleet.id, position, readKinds: async () => kinds });
      transporters.push(fleet);
    }
    const { id: customerId, token } = await market.customer();
    const order = { ...documentedOrder, pickup, drop, vehicleRequirements };
    const { body, error } = await market.place(token, { order });
    if (!body) throw new Error(`The order was not placed: ${error?.code}`);
    await market.allTold();
    return { orderId: body.order.id, customerId, token, transporters };
  };

  /** As a fast shutdown of PostgreSQL looks from outside: a word to everyone, and then nothing is there. */
  const stopPostgres = async () => {
    await postgres.door.shut();
    await sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND usename = 'weelo_service'`,
    );
  };

  const remembered = new DynamoDBClient({ endpoint: inject('dynamodb').endpoint });
  /** As if the idempotency table had lost one intent: Powertools names its record so. */
  const forget = async (operation: string, userId: string, key: string) => {
    const hash = createHash('sha256').update(JSON.stringify(`${userId}#${key}`));
    const id = { S: `${operation}#${hash.digest('base64')}` };
    const deletion = { TableName: variables.IDEMPOTENCY_TABLE, Key: { id } };
    const { Attributes } = await remembered.send(
      new DeleteItemCommand({ ...deletion, ReturnValues: 'ALL_OLD' }),
    );
    expect(Attributes).toBeDefined();
  };

  /** As if what is in the outbox had been written a while ago: whoever wrote it is not telling it any more. */
  const ageEvents = () =>
    sql(`UPDATE weelo.outbox SET created_at = created_at - interval '10 seconds'
         WHERE relayed_at IS NULL`);

  /** Everything is there again, and was found again. */
  const heal = async () => {
    const doors = [...Object.values(ways).map(({ door }) => door), ...redis.doors];
    await Promise.all(doors.map((door) => door.open()));
    const { token } = await market.customer();
    await vi.waitFor(async () => {
      // Calls are counted in Redis, when it is there.
      const { status, headers } = await orders.checkActiveOrder({ token });
      expect([status, headers['ratelimit-limit']]).toEqual([200, '120']);
      expect(await cluster.ping()).toBe('PONG');
    }, patience);
  };

  return { ...market, redis, ways, search, stopPostgres, forget, ageEvents, heal };
}

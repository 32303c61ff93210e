import { expect, inject, vi } from 'vitest';
import { routesOf } from '../../../src/contract/http/routes.ts';
import { authWorld, freshPhone } from './auth-world.ts';
import { clientOf } from '../client.ts';
import { asMaster } from '../engines/database-server.ts';
import { openDoor } from '../faults/door.ts';
import { into } from '../invoke.ts';
import { redisBehindDoors } from '../engines/redis-behind-doors.ts';

export type Auth = Awaited<ReturnType<typeof authWorld>>['auth'];

const portOf = (url: string) => Number(new URL(url).port);
const local = (port: number) => `http://127.0.0.1:${port}`;

/** The auth function with each of its stores behind a door, and a Redis of its own. */
export async function faultyWorld() {
  const [redis, postgres, dynamodb, sqs] = await Promise.all([
    redisBehindDoors(),
    openDoor(inject('postgres').port),
    openDoor(portOf(inject('dynamodb').endpoint)),
    openDoor(portOf(inject('sqs').endpoint)),
  ]);
  const world = await authWorld(({ NOTIFY_QUEUE_URL = '' }) => ({
    REDIS_URL: redis.url,
    REDIS_MODE: 'cluster',
    DATABASE_PORT: String(postgres.port),
    AWS_ENDPOINT_URL_DYNAMODB: local(dynamodb.port),
    AWS_ENDPOINT_URL_SQS: local(sqs.port),
    NOTIFY_QUEUE_URL: NOTIFY_QUEUE_URL.replace(/:\d+/, `:${sqs.port}`),
  }));

  const database = world.variables.DATABASE_NAME;

  /** As a fast shutdown of PostgreSQL looks from outside: a word to everyone, and then nothing is there. */
  const stopPostgres = async () => {
    await world.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await postgres.shut();
  };

  /** From now on whoever connects waits for locks as long as they last. */
  const waitForLocks = async () => {
    for (const limit of ['lock_timeout', 'statement_timeout']) {
      await world.sql(`ALTER ROLE weelo_service IN DATABASE ${database} SET ${limit} = 0`);
    }
  };

  /** PostgreSQL's host is lost at a moment when it owes an answer on so many connections. */
  const loseHostOwing = (answers: number, ask: () => void) =>
    asMaster(inject('postgres'), database, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE weelo.users');
      const stuck = `SELECT pid FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      // One after the other, so that each needs a connection of its own.
      for (let owed = 1; owed <= answers; owed += 1) {
        ask();
        await vi.waitFor(async () => expect(await world.sql(stuck)).toHaveLength(owed), 8000);
      }
      postgres.strand();
    });

  /** A driver of a transporter's; neither has logged in as such. */
  const hireDriver = async () => {
    const [driverPhone, transporterPhone] = [freshPhone(), freshPhone()];
    await world.sql(
      `WITH t AS (INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'transporter', $2)
                  RETURNING id)
       INSERT INTO weelo.users (id, role, phone, name, transporter_id)
       SELECT gen_random_uuid(), 'driver', $1, 'Ramesh Kumar', id FROM t`,
      [driverPhone, transporterPhone],
    );
    return { driverPhone, transporterPhone };
  };

  const stores = { redis, postgres, dynamodb, sqs };
  return { ...world, stores, stopPostgres, waitForLocks, loseHostOwing, hireDriver };
}

/** The function as a process has it that has just started: connected to nothing. */
export async function freshAuth(): Promise<Auth> {
  vi.resetModules();
  const { handler } = await import('../../../functions/auth.ts');
  return clientOf(routesOf('auth'), into(handler));
}

/** How an answer is told from others at a glance, and how long it took. */
export async function outcome(
  asking: Promise<{
    readonly status: number;
    readonly error?: {
      readonly status: number;
      readonly code: string;
      readonly retryAfterMs?: number | undefined;
    };
  }>,
) {
  const start = performance.now();
  const { status, error } = await asking;
  const ms = performance.now() - start;
  return { answer: error?.code ?? status, ms, retryAfterMs: error?.retryAfterMs };
}

import type { Environment } from '../../src/contract/environment.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { databaseCredentials } from '../../src/platform/postgres/database-secret.ts';
import { logger } from '../../src/platform/logs/observability.ts';
import {
  openPostgres,
  type Postgres,
  type PostgresAddress,
  type PostgresPatience,
} from '../../src/platform/postgres/postgres.ts';
import { notingUse, openWakefulness } from '../../src/platform/postgres/wakefulness.ts';
import { openRedis, type RedisConnection } from '../../src/platform/redis/redis.ts';
import { keptFor, type ReadSecret } from '../../src/platform/aws/secrets.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';

type DatabaseEnvironment = Environment<
  'DATABASE_HOST' | 'DATABASE_PORT' | 'DATABASE_NAME' | 'DATABASE_TLS' | 'DATABASE_SECRET_ARN'
>;
type SharedDatabaseEnvironment = DatabaseEnvironment &
  Environment<'DATABASE_SLEEPS' | 'STATE_TABLE'>;

/** A rotated password is read within this time, or right after a login was refused. */
const credentialsKeptSeconds = 300;

/** PostgreSQL. If it sleeps while nobody is connected, each use is noted. */
export function postgresFrom(
  env: SharedDatabaseEnvironment,
  readSecret: ReadSecret,
  clock: Clock,
  patience?: PostgresPatience,
): Postgres {
  const postgres = unnotedPostgresFrom(env, readSecret, clock, patience);
  return env.DATABASE_SLEEPS === 'yes'
    ? notingUse(postgres, openWakefulness(openStateTable(env.STATE_TABLE, clock), clock))
    : postgres;
}

/** The same for the schedule, which must not keep it awake. */
export function unnotedPostgresFrom(
  env: DatabaseEnvironment,
  readSecret: ReadSecret,
  clock: Clock,
  patience?: PostgresPatience,
): Postgres {
  const credentials = keptFor(credentialsKeptSeconds, clock, () =>
    databaseCredentials(readSecret, env.DATABASE_SECRET_ARN),
  );
  return openPostgres({
    ...databaseAddress(env),
    credentials,
    ...(patience && { patience }),
    onLoginFailed: () => credentials.forget(),
    onError: (error) => logger.warn('PostgreSQL connection lost', { error: String(error) }),
  });
}

export function databaseAddress(
  env: Omit<DatabaseEnvironment, 'DATABASE_SECRET_ARN'>,
): PostgresAddress {
  return {
    host: env.DATABASE_HOST,
    port: env.DATABASE_PORT,
    database: env.DATABASE_NAME,
    tls: env.DATABASE_TLS,
  };
}

export function redisFrom(env: Environment<'REDIS_URL' | 'REDIS_MODE'>): RedisConnection {
  return openRedis({
    url: env.REDIS_URL,
    mode: env.REDIS_MODE,
    onConnect: () => logger.info('Redis connected'),
    onError: (error) => logger.warn('Redis is away', { error: String(error) }),
  });
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDynamoDb, type DynamoDbEngine } from '../engines/dynamodb.ts';
import { startPostgres, type PostgresEngine } from '../engines/postgres.ts';
import { startRedis, type RedisEngine } from '../engines/redis.ts';
import { startSqs, type SqsEngine } from '../engines/sqs.ts';
import type { Assembly } from '../template/assembly.ts';

/** The engines that a template's resources need. */
export interface Engines {
  readonly postgres: PostgresEngine | undefined;
  readonly redis: RedisEngine | undefined;
  readonly dynamodb: DynamoDbEngine | undefined;
  readonly sqs: SqsEngine | undefined;
  readonly stop: () => Promise<void>;
}

const postgresTypes = ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance'];
const redisTypes = ['AWS::ElastiCache::ServerlessCache'];
const tableTypes = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
const queueTypes = ['AWS::SQS::Queue'];

/** How long an engine of a cloud that was killed may take to leave its data. */
const PATIENCE_MS = 15_000;
const STILL_THERE = /already (?:exists|used)/;

const nothing = Promise.resolve(undefined);

/** Starts them side by side; without a folder their data ends with them. */
export async function startEngines(
  { stacks, account }: Assembly,
  dataFolder: string | undefined,
): Promise<Engines> {
  const types = new Set(
    stacks.flatMap(({ resources }) => [...resources.values()].map(({ type }) => type)),
  );
  const needs = (wanted: readonly string[]) => wanted.some((type) => types.has(type));
  const within = (name: string) =>
    dataFolder === undefined ? {} : { dataFolder: join(dataFolder, name) };
  const starting = [
    // Two seconds until a cluster accepts writes: it goes first.
    needs(redisTypes) ? patiently(() => startRedis(within('redis'))) : nothing,
    needs(postgresTypes) ? patiently(() => startPostgres(within('postgres'))) : nothing,
    needs(tableTypes) ? startDynamoDb(within('tables')) : nothing,
    needs(queueTypes) ? startSqs(account.region) : nothing,
  ] as const;
  const stop = async () => {
    const outcomes = await Promise.allSettled(starting);
    const started = outcomes.flatMap((each) =>
      each.status === 'fulfilled' ? (each.value ?? []) : [],
    );
    await Promise.all(started.map((engine) => engine.stop()));
  };
  try {
    const [redis, postgres, dynamodb, sqs] = await Promise.all(starting);
    return { redis, postgres, dynamodb, sqs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An engine whose cloud was killed a moment ago still stops: its data is not free at once. */
async function patiently<T>(start: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const busy = error instanceof Error && STILL_THERE.test(error.message);
      if (!busy || performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

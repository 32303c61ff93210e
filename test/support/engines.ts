import type { TestProject } from 'vitest/node';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { startPostgres } from '../../local/engines/postgres.ts';
import { startRedis } from '../../local/engines/redis.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { createDatabase, migrate, TEMPLATE } from './database-server.ts';
import type { PostgresFacts } from './database-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresFacts;
    redis: { readonly url: string; readonly mode: 'cluster' | 'single' };
    dynamodb: { readonly endpoint: string };
    sqs: { readonly endpoint: string; readonly region: string };
  }
}

/** Starts what the integration tests run against, once, and migrates the template of their databases. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Redis takes the longest, two seconds until a cluster accepts writes: it goes first.
  const starting = [startRedis(), startMigratedPostgres(), startDynamoDb(), startSqs()] as const;
  const stop = async () => {
    const outcomes = await Promise.allSettled(starting);
    const started = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    await Promise.all(started.map(({ value }) => value.stop()));
  };
  try {
    const [redis, postgres, dynamodb, sqs] = await Promise.all(starting);
    project.provide('redis', { url: redis.url, mode: redis.mode });
    project.provide('postgres', postgres.facts);
    project.provide('dynamodb', { endpoint: dynamodb.endpoint });
    project.provide('sqs', { endpoint: sqs.endpoint, region: sqs.region });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function startMigratedPostgres() {
  const { stop, host, port, username, password } = await startPostgres();
  const facts: PostgresFacts = { host, port, username, password };
  try {
    await createDatabase(facts, TEMPLATE, 'template0');
    await migrate(facts, TEMPLATE);
    return { facts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startDynamoDb, startPostgres, startRedis, startSqs } from 'local-cloud/engines';
import type { PostgresFacts } from './database-server.ts';

const MAKE_TEMPLATE = join(import.meta.dirname, 'make-template.ts');

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresFacts;
    /** One for each worker. */
    redis: readonly { readonly url: string; readonly mode: 'cluster' | 'single' }[];
    dynamodb: { readonly endpoint: string };
    sqs: { readonly endpoint: string; readonly region: string };
  }
}

/**
 * Starts what the test files of a project run against, once, and migrates the template of their databases. A file has
 * a database, tables and queues of its own there; a Redis cannot be divided, so each worker has one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Redis takes the longest, two seconds until a cluster accepts writes: it goes first.
  const clusters = Array.from({ length: project.config.maxWorkers }, startEmptyRedis);
  const starting = [startMigratedPostgres(), startDynamoDb(), startSqs()] as const;
  const stop = async () => {
    const outcomes = await Promise.allSettled([...clusters, ...starting]);
    const started = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    await Promise.all(started.map(({ value }) => value.stop()));
  };
  try {
    const redis = await Promise.all(clusters);
    const [postgres, dynamodb, sqs] = await Promise.all(starting);
    project.provide(
      'redis',
      redis.map(({ url, mode }) => ({ url, mode })),
    );
    project.provide('postgres', postgres.facts);
    project.provide('dynamodb', { endpoint: dynamodb.endpoint });
    project.provide('sqs', { endpoint: sqs.endpoint, region: sqs.region });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Never the one that `REDIS_URL` names: the tests empty theirs. */
function startEmptyRedis() {
  delete process.env['REDIS_URL'];
  return startRedis();
}

async function startMigratedPostgres() {
  const { stop, host, port, username, password } = await startPostgres();
  const facts: PostgresFacts = { host, port, username, password };
  try {
    await promisify(execFile)(process.execPath, [MAKE_TEMPLATE, JSON.stringify(facts)]);
    return { facts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

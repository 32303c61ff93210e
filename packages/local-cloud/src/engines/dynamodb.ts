import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { type Engine, engineAt } from '../protocol/engine.ts';
import { askThread } from './thread-questions.ts';

export interface DynamoDbEngine extends Engine {
  readonly stop: () => Promise<void>;
}

export interface DynamoDbOptions {
  /** Where the tables are kept; without it they live in memory and end with the engine. */
  readonly dataFolder?: string;
}

/**
 * DynamoDB, in a thread of its own, because the gateway needs this one; `DYNAMODB_ENDPOINT` names one that runs already.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbEngine> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given !== undefined && given !== '') {
    return { ...engineAt(given), stop: async () => undefined };
  }
  const thread = new Worker(new URL('dynamodb-thread.ts', import.meta.url), {
    workerData: await storage(options),
  });
  const told: unknown[] = await once(thread, 'message');
  return {
    endpoint: z.url().parse(told[0]),
    ask: askThread(thread),
    stop: async () => {
      const ended = once(thread, 'exit');
      thread.postMessage('stop', []);
      await ended;
    },
  };
}

async function storage({ dataFolder }: DynamoDbOptions): Promise<{ path?: string }> {
  if (dataFolder === undefined) return {};
  await mkdir(dataFolder, { recursive: true });
  return { path: join(dataFolder, 'dynamodb') };
}

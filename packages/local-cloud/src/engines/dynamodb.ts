import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { addressOf } from './http-engine.ts';

export interface DynamoDbEngine {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

export interface DynamoDbOptions {
  /** Where the tables are kept; without it they live in memory and end with the engine. */
  readonly dataFolder?: string;
}

/** DynamoDB, in this process; `DYNAMODB_ENDPOINT` names one that runs already. */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbEngine> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given !== undefined && given !== '') return { endpoint: given, stop: async () => undefined };

  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = dynalite({ ...instant, ...(await storage(options)) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: addressOf(server),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function storage({ dataFolder }: DynamoDbOptions): Promise<{ path?: string }> {
  if (dataFolder === undefined) return {};
  await mkdir(dataFolder, { recursive: true });
  return { path: join(dataFolder, 'dynamodb') };
}

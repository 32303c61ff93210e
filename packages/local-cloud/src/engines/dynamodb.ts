import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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

const PAUSE_MS = 20;
const MOST_PAUSES = 100;

/** DynamoDB, in this process; `DYNAMODB_ENDPOINT` names one that runs already. */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbEngine> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given !== undefined && given !== '') return { endpoint: given, stop: async () => undefined };

  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = dynalite({ ...instant, ...(await storage(options)) });
  const running = countRunning(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: addressOf(server),
    stop: async () => {
      // A request whose store is closed meanwhile throws past everybody, also if its client has gone.
      for (let i = 0; i < MOST_PAUSES && running() > 0; i += 1) await pause(PAUSE_MS);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** How many requests have not been answered. A client that has gone does not end its request. */
function countRunning(server: Server): () => number {
  const running = new Set<ServerResponse>();
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    running.add(response);
    const end = response.end.bind(response);
    Reflect.set(response, 'end', (...rest: unknown[]): unknown => {
      running.delete(response);
      const ended: unknown = Reflect.apply(end, response, rest);
      return ended;
    });
  });
  return () => running.size;
}

async function storage({ dataFolder }: DynamoDbOptions): Promise<{ path?: string }> {
  if (dataFolder === undefined) return {};
  await mkdir(dataFolder, { recursive: true });
  return { path: join(dataFolder, 'dynamodb') };
}

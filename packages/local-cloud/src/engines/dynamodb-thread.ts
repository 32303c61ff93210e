import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import * as z from 'zod';
import { answerQuestion } from './answer-questions.ts';
import { letIteratorsReturn } from './closed-iterators.ts';
import { addressOf } from './http-engine.ts';
import { ThreadQuestion } from './thread-questions.ts';

/** The thread of DynamoDB: it says where it listens, answers questions, and ends when it is told to stop. */
const { path } = z.object({ path: z.string().optional() }).parse(workerData);

const PAUSE_MS = 20;
const MOST_PAUSES = 100;

letIteratorsReturn();
const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
const server = dynalite({ ...instant, ...(path !== undefined && { path }) });
/** In milliseconds. A caller that finds its connection closed while it asks could not know whether it was heard. */
server.keepAliveTimeout = 3_600_000;
const running = countRunning(server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
parentPort?.on('message', (message) => {
  if (message === 'stop') void stop();
  else
    answerQuestion(server, ThreadQuestion.parse(message), (answer) =>
      parentPort?.postMessage(answer, []),
    );
});
parentPort?.postMessage(addressOf(server), []);

async function stop(): Promise<void> {
  // A request whose store is closed meanwhile throws past everybody, also if its client has gone.
  for (let i = 0; i < MOST_PAUSES && running() > 0; i += 1) await pause(PAUSE_MS);
  server.close();
  server.closeAllConnections();
  parentPort?.close();
}

/** How many requests have not been answered. A client that has gone does not end its request. */
function countRunning(of: Server): () => number {
  const all = new Set<object>();
  of.prependListener('request', (_: object, response: { end: (...rest: unknown[]) => unknown }) => {
    all.add(response);
    const end = response.end.bind(response);
    response.end = (...rest) => {
      all.delete(response);
      return end(...rest);
    };
  });
  return () => all.size;
}

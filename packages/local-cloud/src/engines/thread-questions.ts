import type { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import type { Answered } from '../protocol/exchange.ts';

/** A request to the server of a thread, and its answer, without a connection between them. */
export const ThreadQuestion = z.object({
  id: z.int(),
  path: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

const ThreadAnswer = z.object({
  id: z.int(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

export type ThreadQuestion = z.output<typeof ThreadQuestion>;
export type ThreadAnswer = z.output<typeof ThreadAnswer>;

interface Asker {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Asks by messages: a connection takes three times the processor time. A question cannot be taken back, so its signal
 * is not heeded.
 */
export function askThread(thread: Worker): Engine['ask'] {
  const askers = new Map<number, Asker>();
  let asked = 0;
  let hasEnded = false;
  thread.on('message', (message) => {
    const { id, status, headers, body } = ThreadAnswer.parse(message);
    askers.get(id)?.resolve({ status, headers, body: Buffer.from(body) });
    askers.delete(id);
  });
  thread.on('exit', () => {
    hasEnded = true;
    for (const { reject } of askers.values()) reject(ended());
    askers.clear();
  });
  return (path, { method, headers, body }) => {
    if (hasEnded) return Promise.reject(ended());
    asked += 1;
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    askers.set(asked, { resolve, reject });
    const question = { id: asked, path, method, headers: textsOf(headers), body: body.toString() };
    thread.postMessage(question satisfies ThreadQuestion, []);
    return promise;
  };
}

function textsOf(headers: Parameters<Engine['ask']>[1]['headers']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) texts[name] = String(value);
  return texts;
}

function ended(): Error {
  return new Error('The engine has ended.');
}

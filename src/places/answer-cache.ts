import { setTimeout as after } from 'node:timers/promises';
import { makeBreaker } from '../platform/circuit-breaker.ts';
import type { Clock } from '../platform/clock.ts';
import { logger } from '../platform/logs/observability.ts';
import type { StateTable } from '../platform/aws/state-table.ts';

/** Amazon Location's answers, kept for a day. If the cache is away or slow, nothing fails: Amazon is asked again. */
export interface AnswerCache {
  find(key: string): Promise<unknown>;
  keep(key: string, answer: unknown): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A table in the region answers within 10 ms. The first call after a cold start may take most of this time. */
const PATIENCE_MS = 500;

export function keepAnswers(
  table: Pick<StateTable, 'get' | 'put'>,
  clock: Clock,
  patienceMs = PATIENCE_MS,
): AnswerCache {
  const breaker = makeBreaker({ service: 'places cache', failures: 3, pauseMs: 10_000 });
  const keyOf = (key: string) => ({ pk: `place#${key}`, sk: 'answer' });
  const inTime = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await breaker(() => within(patienceMs, work()));
    } catch (error) {
      logger.warn('The places cache did not answer', { error: String(error) });
      return undefined;
    }
  };

  return {
    find: (key) =>
      inTime(async (): Promise<unknown> => {
        // Stored as text, because a line of 500 points would be several times as large in DynamoDB's own format.
        const text = (await table.get(keyOf(key)))?.['answer'];
        return typeof text === 'string' ? JSON.parse(text) : undefined;
      }),
    keep: async (key, answer) => {
      const endsAt = new Date(clock.now().getTime() + DAY_MS);
      await inTime(() => table.put(keyOf(key), { answer: JSON.stringify(answer) }, endsAt));
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const tooLate = after(ms, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new Error(`No answer within ${ms} ms`);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    stop.abort();
  }
}

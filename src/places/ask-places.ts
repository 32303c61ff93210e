import type * as z from 'zod';
import { isCircuitOpen } from '../platform/circuit-breaker.ts';
import { countOne, logger } from '../platform/logs/observability.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { PlacesSource } from './places-source.ts';

export interface PlacesDeps {
  /** Undefined if Amazon Location cannot be reached, for example on a developer's machine. */
  readonly amazon: PlacesSource | undefined;
  readonly builtIn: PlacesSource;
  readonly cache: AnswerCache;
}

interface Question<T> {
  readonly operation: 'search' | 'reverse' | 'route';
  /** Part of the cache key. Questions with the same answer have the same value. It never says who asked. */
  readonly about: string;
  readonly answer: z.ZodType<T>;
  readonly ask: (source: PlacesSource) => Promise<T | undefined>;
}

interface Answered<T> {
  readonly answer: T | undefined;
  readonly source: 'amazon-location' | 'built-in';
}

/**
 * Returns a cached answer, else Amazon's answer, else the built-in one. Places help to fill in a form, and an
 * approximate answer is better than none. Built-in answers are not cached, because Amazon may be back in a moment.
 */
export async function askPlaces<T>(
  { amazon, builtIn, cache }: PlacesDeps,
  { operation, about, answer: shape, ask }: Question<T>,
): Promise<Answered<T>> {
  if (!amazon) return { answer: await ask(builtIn), source: 'built-in' };

  const key = `${operation}#${about}`;
  // An earlier release may have cached an answer of another shape. Such an answer is ignored.
  const kept = shape.safeParse(await cache.find(key));
  if (kept.success) {
    countOne('PlacesAnswerKept');
    return { answer: kept.data, source: 'amazon-location' };
  }

  const found = await ask(amazon).catch((error: unknown) => failed(operation, error));
  if (found !== undefined) {
    countOne('PlacesAnswerAmazon');
    await cache.keep(key, found);
    return { answer: found, source: 'amazon-location' };
  }
  countOne('PlacesAnswerBuiltIn');
  return { answer: await ask(builtIn), source: 'built-in' };
}

/** An open circuit is not logged here, because it was logged when it opened. */
function failed(operation: string, error: unknown): undefined {
  if (isCircuitOpen(error)) return;
  logger.warn('Amazon Location did not answer', { operation, error: String(error) });
}

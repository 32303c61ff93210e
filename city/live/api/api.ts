import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
  /** Makes it safe to send the request again. */
  readonly key?: string;
}

/** The API says no. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(asked: Asked, status: number, { code, message, retryAfterMs }: ErrorSaid) {
    super(`${asked.method} ${asked.path}: ${status} ${code}: ${message}`);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

const ErrorSaid = z.object({
  code: z.string(),
  message: z.string(),
  retryAfterMs: z.number().optional(),
});
type ErrorSaid = z.output<typeof ErrorSaid>;
/** What API Gateway answers by itself has no code. */
const unsaid: ErrorSaid = { code: 'UNSAID', message: 'Nobody says why' };
const Answer = z.looseObject({ data: z.unknown().optional(), error: ErrorSaid.optional() });

/** So begin the ids of the city's requests: by them, the stage's log can leave them out. */
export const cityRequests = 'city-';

const mostTries = 5;
const firstPauseMs = 300;
const patienceMs = 15_000;
/** Whoever is told to wait longer gives up. */
const longestWaitMs = 40_000;

/** The public API, as a phone knows it. */
export class Api {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** What is in `data` of the answer. What may pass is tried again; what is refused is thrown. */
  async ask<S extends z.ZodType>(asked: Asked, data: S): Promise<z.output<S>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return data.parse(await this.#once(asked));
      } catch (error) {
        const pause = pauseAfter(error, tries);
        if (pause === undefined) throw error;
        await sleep(pause);
      }
    }
  }

  async #once(asked: Asked): Promise<unknown> {
    const { method, path, body, token, key } = asked;
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        'x-request-id': `${cityRequests}${randomUUID()}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'x-idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const { error, ...told } = Answer.parse(await response.json());
    if (error) throw new Refusal(asked, response.status, error);
    if (!response.ok) throw new Refusal(asked, response.status, unsaid);
    return told.data ?? told;
  }
}

/** In milliseconds; undefined if it makes no sense to try again. */
function pauseAfter(error: unknown, tries: number): number | undefined {
  if (tries >= mostTries) return undefined;
  const pause = firstPauseMs * 2 ** (tries - 1) * (1 + Math.random());
  if (error instanceof z.ZodError) return undefined;
  if (!(error instanceof Refusal)) return pause;
  const passes = error.status >= 500 || error.status === 429 || error.code === 'CONCURRENT_REQUEST';
  const wait = Math.max(error.retryAfterMs ?? 0, pause);
  return passes && wait <= longestWaitMs ? wait : undefined;
}

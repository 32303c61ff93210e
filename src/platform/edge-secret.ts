import { createHash, timingSafeEqual } from 'node:crypto';
import { EdgeSecret } from '../contract/edge.ts';
import { AppError } from '../contract/errors.ts';
import { jsonOfSecret, keptFor, type ReadSecret } from './aws/secrets.ts';
import type { Clock } from './clock.ts';

/** Whether what a request shows is the secret of the edge. */
export type IsFromEdge = (shown: string | undefined) => Promise<boolean>;

/** A new value is accepted after this time at the latest. While the secret cannot be read, it takes an hour more. */
const keptSeconds = 300;
const retryAfterMs = 5000;

/** Compares with the values that are in the secret at the moment. */
export function openEdgeSecret(readSecret: ReadSecret, arn: string, clock: Clock): IsFromEdge {
  const accepted = keptFor(keptSeconds, clock, async () => {
    const text = await readSecret(arn).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause });
    });
    if (text === undefined) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs });
    const { first, second } = EdgeSecret.parse(jsonOfSecret(text, arn));
    return [first, second].filter((each) => each !== '').map(digestOf);
  });
  return async (shown) => {
    if (shown === undefined) return false;
    const digest = digestOf(shown);
    // The time that it takes says nothing of the values: digests are of one length, and all of them are compared.
    return (await accepted()).map((each) => timingSafeEqual(each, digest)).includes(true);
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { AppError } from '../../contract/errors.ts';
import { keptFor, type ReadSecret } from '../../platform/aws/secrets.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ReadTripCodeKey } from './trip-codes.ts';

const keptSeconds = 300;
const retryAfterMs = 5000;

/** Reads the key from the secret, seldom. */
export function openTripCodeKey(
  readSecret: ReadSecret,
  arn: string,
  clock: Clock,
): ReadTripCodeKey {
  return keptFor(keptSeconds, clock, async () => {
    const key = await readSecret(arn).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause });
    });
    if (key === undefined || key === '')
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs });
    return key;
  });
}

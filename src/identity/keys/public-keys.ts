import type * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { PublicKeySet } from '../../contract/public-keys.ts';
import type { Clock } from '../../platform/clock.ts';
import { keptFor, type ReadSecret } from '../../platform/aws/secrets.ts';

export type ReadPublicKeys = () => Promise<z.output<typeof PublicKeySet>>;

/** A key is published for longer than this before it signs. By then every function that verifies tokens has it. */
const keptSeconds = 300;
const retryAfterMs = 5000;

/** The public keys in the secret. */
export function publicKeys(readSecret: ReadSecret, arn: string, clock: Clock): ReadPublicKeys {
  return keptFor(keptSeconds, clock, async () => {
    const text = await readSecret(arn).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause });
    });
    if (text === undefined) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs });
    return PublicKeySet.parse(JSON.parse(text));
  });
}

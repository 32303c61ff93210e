import { importJWK, type CryptoKey } from 'jose';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import {
  jsonOfSecret,
  keptFor,
  oldestKeptSeconds,
  type ReadSecret,
} from '../../platform/aws/secrets.ts';

const PrivateKey = z.looseObject({ kid: z.string(), kty: z.literal('EC') });

/** The secret with all current keys, and which of them signs. Read by auth, and by operate, which rotates the keys. */
export const SigningKeySet = z.object({ active: z.string(), keys: z.array(PrivateKey).min(1) });

interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

export type ReadSigningKey = () => Promise<SigningKey>;

const keptSeconds = 300;
/** How long auth may still sign with a replaced key, in seconds. */
export const longestSignedAfter = oldestKeptSeconds(keptSeconds);
const retryAfterMs = 5000;

/** The key that signs now. */
export function signingKey(readSecret: ReadSecret, arn: string, clock: Clock): ReadSigningKey {
  return keptFor(keptSeconds, clock, async () => {
    const text = await readSecret(arn).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause });
    });
    if (text === undefined) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs });
    const { active, keys } = SigningKeySet.parse(jsonOfSecret(text, arn));
    const jwk = keys.find(({ kid }) => kid === active);
    const key = jwk && (await importJWK(jwk, 'ES256'));
    if (!key || key instanceof Uint8Array) throw new Error('The active signing key is not there');
    return { kid: active, key };
  });
}

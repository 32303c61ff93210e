import { hkdfSync } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { keptFor, type ReadSecret } from '../../platform/aws/secrets.ts';

/** The keys that protect one-time codes: one for each use, all derived from one secret. */
interface CodeKeys {
  /** Encrypts a message to a phone while it is in the queue. */
  readonly messages: Uint8Array;
  /** For the HMAC that is stored instead of a code. */
  readonly codes: Uint8Array;
}

export type ReadCodeKeys = () => Promise<CodeKeys>;

const keptSeconds = 300;
const retryAfterMs = 5000;
const keyBytes = 32;

const CodeKey = z.object({ key: z.base64() });

/** Derives the keys from the secret. */
export function codeKeys(readSecret: ReadSecret, arn: string, clock: Clock): ReadCodeKeys {
  return keptFor(keptSeconds, clock, async () => {
    const text = await readSecret(arn).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs, cause });
    });
    const secret = text === undefined ? undefined : keyIn(text);
    if (!secret) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs });
    return { messages: derived(secret, 'messages'), codes: derived(secret, 'codes') };
  });
}

/** Answers undefined for a text that is no key: an error could contain a piece of the secret. */
function keyIn(text: string): Buffer | undefined {
  try {
    const key = Buffer.from(CodeKey.parse(JSON.parse(text)).key, 'base64');
    return key.length === keyBytes ? key : undefined;
  } catch {
    return undefined;
  }
}

/** One of the keys tells nothing about the other. */
function derived(secret: Buffer, purpose: keyof CodeKeys): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `weelo ${purpose}`, keyBytes));
}

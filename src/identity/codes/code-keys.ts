import { hkdfSync } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { keptFor, type ReadSecret } from '../../platform/aws/secrets.ts';

/** What protects one-time codes: a key for each thing that is done with them, of one secret. */
interface CodeKeys {
  /** Seals what goes to somebody's phone, on its way through the queue. */
  readonly messages: Uint8Array;
  /** For the HMAC that stands at rest in the place of a code. */
  readonly codes: Uint8Array;
}

export type ReadCodeKeys = () => Promise<CodeKeys>;

const keptSeconds = 300;
const retryAfterMs = 5000;
const keyBytes = 32;

const CodeKey = z.object({ key: z.base64() });

/** The keys, as they follow from the secret. */
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

/** Undefined, and never an error with a piece of the secret in it, for what is no key. */
function keyIn(text: string): Buffer | undefined {
  try {
    const key = Buffer.from(CodeKey.parse(JSON.parse(text)).key, 'base64');
    return key.length === keyBytes ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever has one of the keys learns nothing of the other. */
function derived(secret: Buffer, purpose: keyof CodeKeys): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `weelo ${purpose}`, keyBytes));
}

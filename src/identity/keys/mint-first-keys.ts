import type { ReadSecret, WriteSecret } from '../../platform/aws/secrets.ts';
import { newSigningKey } from './new-signing-key.ts';
import { publicSetOf } from './signing-key-ring.ts';

interface Deps {
  readonly readSecret: ReadSecret;
  readonly writeSecret: WriteSecret;
  readonly signingKeysArn: string;
  readonly publicKeysArn: string;
}

/** Answers whether this call made the keys. Existing keys are never changed: tokens were signed with them. */
export async function mintFirstKeys(deps: Deps): Promise<'made' | 'kept'> {
  if ((await deps.readSecret(deps.signingKeysArn)) !== undefined) return 'kept';
  const key = await newSigningKey();
  const ring = { active: key.kid, keys: [key] };
  // The public key is written first. If the second write fails, the next call makes a new pair, and nothing was signed
  // with the first.
  await write(deps.writeSecret, deps.publicKeysArn, publicSetOf(ring));
  await write(deps.writeSecret, deps.signingKeysArn, ring);
  return 'made';
}

function write(writeSecret: WriteSecret, arn: string, value: object): Promise<void> {
  return writeSecret(arn, JSON.stringify(value));
}

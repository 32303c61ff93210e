import { randomBytes } from 'node:crypto';
import type { ReadSecret, WriteSecret } from '../../platform/aws/secrets.ts';

interface Deps {
  readonly readSecret: ReadSecret;
  readonly writeSecret: WriteSecret;
  readonly codeKeyArn: string;
}

/** Answers whether this call made the key. An existing key is never changed: codes on their way need it. */
export async function mintCodeKey(deps: Deps): Promise<'made' | 'kept'> {
  if ((await deps.readSecret(deps.codeKeyArn)) !== undefined) return 'kept';
  const key = randomBytes(32).toString('base64');
  await deps.writeSecret(deps.codeKeyArn, JSON.stringify({ key }));
  return 'made';
}

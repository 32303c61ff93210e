import { randomBytes } from 'node:crypto';
import type { ReadSecret, WriteSecret } from '../../platform/aws/secrets.ts';

interface Deps {
  readonly readSecret: ReadSecret;
  readonly writeSecret: WriteSecret;
  readonly codeKeyArn: string;
}

/** Whether this call made it. A key that exists is never touched: codes on their way hang on it. */
export async function mintCodeKey(deps: Deps): Promise<'made' | 'kept'> {
  if ((await deps.readSecret(deps.codeKeyArn)) !== undefined) return 'kept';
  const key = randomBytes(32).toString('base64');
  await deps.writeSecret(deps.codeKeyArn, JSON.stringify({ key }));
  return 'made';
}

import { bareSignatures } from './bare-signatures.ts';
import type { WarmAuth } from './warm-auth.ts';

/** Who an access token belongs to, against the check of one signature. */
export async function verificationSides({ nextAccount, tokenOf, identify }: WarmAuth) {
  const token = await tokenOf(nextAccount().id);
  const bare = bareSignatures();
  return {
    what: 'an access token, of a session seen before',
    prepare: () => Promise.resolve(),
    ours: () => identify(token),
    floor: () => Promise.resolve(bare.verify()),
  };
}

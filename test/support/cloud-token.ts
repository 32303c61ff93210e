import { importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import { tokenIssuer } from '../../src/identity/access-token.ts';
import { readSecretAs } from './cloud-secret.ts';

const SigningKeys = z.object({
  active: z.string(),
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal('EC') })),
});

/** An access token as auth would sign it: with auth's right to read the key, and with that key. */
export async function tokenSignedBy(auth: Readonly<Record<string, string>>): Promise<string> {
  const text = await readSecretAs(auth, auth['SIGNING_KEYS_SECRET_ARN'] ?? '');
  const { active, keys } = SigningKeys.parse(JSON.parse(text ?? ''));
  const key = keys.find(({ kid }) => kid === active);
  if (!key) throw new Error('The active signing key is not among the keys');
  return new SignJWT({ role: 'customer', sid: 'session-1' })
    .setProtectedHeader({ alg: 'ES256', kid: active })
    .setSubject('user-1')
    .setIssuer(tokenIssuer)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(key, 'ES256'));
}

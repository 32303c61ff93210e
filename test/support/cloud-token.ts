import { importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import { tokenIssuer } from '../../src/identity/sessions/access-token.ts';
import { readSecretAs } from './cloud-secret.ts';

const SigningKeys = z.object({
  active: z.string(),
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal('EC') })),
});

/** Whom prisma/seed.sql puts in. */
const seeded = {
  customer: '01900000-0000-7000-8000-000000000001',
  transporter: '01900000-0000-7000-8000-000000000011',
} as const;
type SeededRole = keyof typeof seeded;
const session = '01900000-0000-7000-8000-0000000000f1';

/** Whom a token is for. Default: the seeded user of that role. */
export interface TokenOwner {
  readonly role?: SeededRole;
  readonly userId?: string;
}

/**
 * Access tokens as auth would sign them: with auth's right to read the key, and with that key. A seeded user is known
 * where the seed was planted. The session is stored nowhere, so it has not ended.
 */
export async function signerOf(
  auth: Readonly<Record<string, string>>,
): Promise<(owner: TokenOwner) => Promise<string>> {
  const text = await readSecretAs(auth, auth['SIGNING_KEYS_SECRET_ARN'] ?? '');
  const { active, keys } = SigningKeys.parse(JSON.parse(text ?? ''));
  const key = keys.find(({ kid }) => kid === active);
  if (!key) throw new Error('The active signing key is not among the keys');
  const privateKey = await importJWK(key, 'ES256');
  return ({ role = 'customer', userId = seeded[role] }) =>
    new SignJWT({ role, sid: userId === seeded[role] ? session : `session of ${userId}` })
      .setProtectedHeader({ alg: 'ES256', kid: active })
      .setSubject(userId)
      .setIssuer(tokenIssuer)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
}

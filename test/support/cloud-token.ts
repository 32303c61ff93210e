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
export type SeededRole = keyof typeof seeded;
const session = '01900000-0000-7000-8000-0000000000f1';

/**
 * An access token as auth would sign it: with auth's right to read the key, and with that key. Whose it is, is
 * known where the seed was planted; its session is written down nowhere, and so has not ended.
 */
export async function tokenSignedBy(
  auth: Readonly<Record<string, string>>,
  role: SeededRole = 'customer',
): Promise<string> {
  const text = await readSecretAs(auth, auth['SIGNING_KEYS_SECRET_ARN'] ?? '');
  const { active, keys } = SigningKeys.parse(JSON.parse(text ?? ''));
  const key = keys.find(({ kid }) => kid === active);
  if (!key) throw new Error('The active signing key is not among the keys');
  return new SignJWT({ role, sid: session })
    .setProtectedHeader({ alg: 'ES256', kid: active })
    .setSubject(seeded[role])
    .setIssuer(tokenIssuer)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(key, 'ES256'));
}

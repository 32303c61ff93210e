import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { tokenIssuer } from '../../src/identity/sessions/access-token.ts';

/** A key pair of our own, published as `publicKeys`, with tokens signed by it. */
export async function issuingTokens(kid = 'test-key') {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const { x = '', y = '' } = await exportJWK(publicKey);
  const jwk = { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', kid, x, y } as const;
  const sign = (claims: Record<string, unknown> = {}, lifeSeconds = 3600) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: tokenIssuer,
      sub: 'user-1',
      role: 'customer',
      sid: 'session-1',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuedAt(now)
      .setExpirationTime(now + lifeSeconds)
      .sign(privateKey);
  };
  return { publicKeys: { keys: [jwk] }, sign };
}

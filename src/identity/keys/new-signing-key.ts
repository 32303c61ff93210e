import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

type NewSigningKey = JWK & { readonly kid: string; readonly kty: 'EC' };

/** Makes a key that signs. Its id is derived from it. */
export async function newSigningKey(): Promise<NewSigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kty: 'EC', kid, alg: 'ES256', use: 'sig' };
}

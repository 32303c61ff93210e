import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { ReadSecret, WriteSecret } from '../platform/secrets.ts';

interface Deps {
  readonly readSecret: ReadSecret;
  readonly writeSecret: WriteSecret;
  readonly signingKeysArn: string;
  readonly publicKeysArn: string;
}

/** Whether this call made them. Keys that exist are never touched: sessions hang on them. */
export async function mintFirstKeys(deps: Deps): Promise<'made' | 'kept'> {
  if ((await deps.readSecret(deps.signingKeysArn)) !== undefined) return 'kept';
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const facts = { kid: await calculateJwkThumbprint(publicJwk), alg: 'ES256', use: 'sig' };
  // Published first: should the second write fail, the next call makes a new pair, and nothing has
  // been signed with the one that is replaced.
  await write(deps.writeSecret, deps.publicKeysArn, { keys: [{ ...publicJwk, ...facts }] });
  await write(deps.writeSecret, deps.signingKeysArn, {
    active: facts.kid,
    keys: [{ ...(await exportJWK(privateKey)), ...facts }],
  });
  return 'made';
}

function write(writeSecret: WriteSecret, arn: string, value: object): Promise<void> {
  return writeSecret(arn, JSON.stringify(value));
}

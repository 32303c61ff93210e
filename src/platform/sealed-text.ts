import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Names the format of the bytes after it: a nonce, the encrypted text, and the tag that authenticates both. */
const version = 'v1.';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a text with a key of 32 bytes. It can only be opened with the same `context`, so that it cannot be used in
 * another place.
 */
export function seal(key: Uint8Array, text: string, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(context));
  const hidden = [sealing.update(text, 'utf8'), sealing.final()];
  return version + Buffer.concat([nonce, ...hidden, sealing.getAuthTag()]).toString('base64url');
}

/** Throws if the key or the context is another one, or if a byte was changed. The error does not say which. */
export function open(key: Uint8Array, sealed: string, context: string): string {
  const bytes = bytesOf(sealed);
  if (!bytes || bytes.length < nonceBytes + tagBytes) throw new Error(unopened);
  const nonce = bytes.subarray(0, nonceBytes);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(context));
  opening.setAuthTag(bytes.subarray(-tagBytes));
  const hidden = opening.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([hidden, opening.final()]).toString('utf8');
  } catch {
    throw new Error(unopened);
  }
}

const unopened = 'A sealed text cannot be opened: another key, another context, or it was changed';

/** Accepts only the spelling that `seal` writes. Node alone would ignore characters that are not base64. */
function bytesOf(sealed: string): Buffer | undefined {
  if (!sealed.startsWith(version)) return undefined;
  const text = sealed.slice(version.length);
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The form of what follows it: a nonce, the encrypted text, and the tag that proves both. */
const version = 'v1.';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Hides a text from everyone without the key, which has 32 bytes. It opens only with the `context`
 * that it was sealed for, so that it cannot be passed off as part of something else.
 */
export function seal(key: Uint8Array, text: string, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(context));
  const hidden = [sealing.update(text, 'utf8'), sealing.final()];
  return version + Buffer.concat([nonce, ...hidden, sealing.getAuthTag()]).toString('base64url');
}

/** It throws for another key, another context, or anything changed, and says no more than that. */
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

/** Only the one spelling that `seal` writes: Node would read past characters that are no base64. */
function bytesOf(sealed: string): Buffer | undefined {
  if (!sealed.startsWith(version)) return undefined;
  const text = sealed.slice(version.length);
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

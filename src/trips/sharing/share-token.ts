import { createHash, randomBytes } from 'node:crypto';

/** 192 random bits cannot be guessed, so the hash needs no salt. In a URL they are 32 characters. */
export function newShareToken(): string {
  return randomBytes(24).toString('base64url');
}

/** P16: the hash that is stored instead of a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

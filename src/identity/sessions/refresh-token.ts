import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { open, seal } from '../../platform/sealed-text.ts';

/** For this many seconds a replaced token gets the same answer again: the first may be lost, or two threads ask. */
export const graceSeconds = 20;

/** 256 random bits cannot be guessed, so the hash needs no salt. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** P16: the hash that is stored instead of a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** The new token, encrypted so that only a client with the replaced token can be given it. */
export function sealSuccessor(successor: string, token: string): string {
  return seal(keyOf(token), successor, hashOf(token));
}

export function openSuccessor(sealed: string, token: string): string {
  return open(keyOf(token), sealed, hashOf(token));
}

function keyOf(token: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'weelo successor', 32));
}

/** The state of a token when a client presented it. */
export interface PresentedToken {
  readonly isServing: boolean;
  /** Replaced within the last `graceSeconds`. */
  readonly isJustReplaced: boolean;
  /** The token that replaced it is the current one. */
  readonly successorServes: boolean;
}

/** P16: a client whose answer was lost goes on. A token that was replaced long ago ends its session. */
export function verdictOn(token: PresentedToken): 'replace' | 'repeat' | 'revoke' {
  if (token.isServing) return 'replace';
  return token.isJustReplaced && token.successorServes ? 'repeat' : 'revoke';
}

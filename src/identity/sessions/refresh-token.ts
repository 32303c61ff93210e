import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { open, seal } from '../../platform/sealed-text.ts';

/** Seconds in which a replaced token is answered again: for whoever lost the answer, and its other thread. */
export const graceSeconds = 20;

/** 256 random bits: there is nothing to guess, and so nothing to salt. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** P16: what is kept in the place of a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** What replaced a token, so that only who has the replaced one can read it. */
export function sealSuccessor(successor: string, token: string): string {
  return seal(keyOf(token), successor, hashOf(token));
}

export function openSuccessor(sealed: string, token: string): string {
  return open(keyOf(token), sealed, hashOf(token));
}

function keyOf(token: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'weelo successor', 32));
}

/** A token as it was found when somebody presented it. */
export interface PresentedToken {
  readonly isServing: boolean;
  /** Replaced within the last `graceSeconds`. */
  readonly isJustReplaced: boolean;
  /** What replaced it is what serves now. */
  readonly successorServes: boolean;
}

/** P16: a lost answer is not punished; a token that should be long forgotten ends its session. */
export function verdictOn(token: PresentedToken): 'replace' | 'repeat' | 'revoke' {
  if (token.isServing) return 'replace';
  return token.isJustReplaced && token.successorServes ? 'repeat' : 'revoke';
}

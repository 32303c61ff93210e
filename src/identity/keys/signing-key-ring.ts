import * as z from 'zod';
import { PublicKeySet } from '../../contract/public-keys.ts';
import { Instant } from '../../contract/wire.ts';
import { longestAccessTokenLife } from '../sessions/access-token.ts';
import { SigningKeySet, longestSignedAfter } from './signing-key.ts';

const PublicKey = PublicKeySet.shape.keys.element;

/**
 * The private secret, as a rotation writes it. The public one is derived from it (`publicSetOf`). So this secret alone
 * says how far a rotation came.
 */
export const SigningKeyRing = SigningKeySet.extend({
  /** Since when the active key signs. The first key has no such time. */
  activatedAt: Instant.optional(),
  /** When the last rotation was finished. */
  retiredAt: Instant.optional(),
  /** A key that is made and published, and does not sign yet. */
  next: z.object({ kid: z.string(), publishedAt: Instant }).optional(),
  /** Keys that no longer sign. Their private halves are deleted, but tokens that they signed are still valid. */
  replaced: z.array(z.object({ key: PublicKey, replacedAt: Instant })).optional(),
});
export type SigningKeyRing = z.output<typeof SigningKeyRing>;
type SigningKey = SigningKeyRing['keys'][number];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 *     publish ──── publishedFor ────▶ activate ──── verifiedFor ────▶ retire
 *     the old key signs               the new key signs               one key is left
 *
 * A function that verifies tokens keeps the public keys for 5 minutes, or for 65 while the secret cannot be read. The
 * answer of the JWKS route is kept for 5 more. Nobody waits for a rotation, so its steps wait longer than all of these.
 */
export const publishedFor = 90 * minute;
/** A key that no longer signs stays published as long as its tokens may live, and a little longer: clocks differ. */
export const verifiedFor = (longestSignedAfter + longestAccessTokenLife) * second + 25 * minute;
/** Within this time after a rotation, running the command again does not start another one. */
export const restsFor = 24 * hour;

type Step =
  | { readonly does: 'publish' | 'activate' | 'retire' }
  | {
      readonly does: 'wait';
      readonly for: 'publish' | 'activate' | 'retire';
      readonly until: Date;
    };

/** The next step of a rotation. */
export function nextStep(ring: SigningKeyRing, now: Date): Step {
  const { activatedAt, retiredAt, next, replaced = [] } = ring;
  const from = (does: 'publish' | 'activate' | 'retire', start: string, wait: number): Step => {
    const until = new Date(Date.parse(start) + wait);
    return now < until ? { does: 'wait', for: does, until } : { does };
  };
  if (next) return from('activate', next.publishedAt, publishedFor);
  const [last] = replaced
    .map(({ replacedAt }) => replacedAt)
    .toSorted()
    .slice(-1);
  if (last !== undefined) return from('retire', last, verifiedFor);
  const since = retiredAt ?? activatedAt;
  return since === undefined ? { does: 'publish' } : from('publish', since, restsFor);
}

/** Adds a key, which does not sign yet. */
export function withNext(ring: SigningKeyRing, key: SigningKey, now: Date): SigningKeyRing {
  const keys = [...ring.keys.filter(({ kid }) => kid === ring.active), key];
  return { ...ring, keys, next: { kid: key.kid, publishedAt: now.toISOString() } };
}

/** The next key signs from now on. The private half of the key before it is deleted. */
export function withNextActive(ring: SigningKeyRing, now: Date): SigningKeyRing {
  const { active, keys, next, replaced = [] } = ring;
  const key = keys.find(({ kid }) => kid === next?.kid);
  if (!key) throw new Error('There is no next key to activate');
  const replacedAt = now.toISOString();
  const old = publicSetOf({ keys: keys.filter(({ kid }) => kid === active) }).keys;
  return {
    active: key.kid,
    keys: [key],
    activatedAt: replacedAt,
    replaced: [...replaced, ...old.map((each) => ({ key: each, replacedAt }))],
  };
}

/** Tokens that were signed with the replaced keys are no longer valid. */
export function withoutReplaced(ring: SigningKeyRing, now: Date): SigningKeyRing {
  return { ...ring, replaced: undefined, retiredAt: now.toISOString() };
}

/** A new key, and none of the old ones: a thief who read the secret has all of them. */
export function ringOf(key: SigningKey, now: Date): SigningKeyRing {
  return { active: key.kid, keys: [key], activatedAt: now.toISOString() };
}

/** What is needed to verify tokens: the public half of every key, and nothing else. */
export function publicSetOf({
  keys,
  replaced = [],
}: Pick<SigningKeyRing, 'keys' | 'replaced'>): PublicKeys {
  return PublicKeySet.parse({ keys: [...keys, ...replaced.map(({ key }) => key)] });
}

export type PublicKeys = z.output<typeof PublicKeySet>;

/** The keys of both, each key once. */
export function union(some: PublicKeys, others: PublicKeys): PublicKeys {
  const known = new Set(some.keys.map(({ kid }) => kid));
  return { keys: [...some.keys, ...others.keys.filter(({ kid }) => !known.has(kid))] };
}

/** Which keys there are, and what each is for. */
export function rolesIn({ active, next, keys, replaced = [] }: SigningKeyRing) {
  const roleOf = (kid: string) =>
    kid === active ? 'signs' : kid === next?.kid ? 'published' : 'unused';
  return [
    ...keys.map(({ kid }) => ({ kid, role: roleOf(kid) })),
    ...replaced.map(({ key: { kid } }) => ({ kid, role: 'verified only' })),
  ];
}

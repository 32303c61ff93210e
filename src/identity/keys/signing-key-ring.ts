import * as z from 'zod';
import { PublicKeySet } from '../../contract/public-keys.ts';
import { Instant } from '../../contract/wire.ts';
import { longestAccessTokenLife } from '../sessions/access-token.ts';
import { SigningKeySet, longestSignedAfter } from './signing-key.ts';

const PublicKey = PublicKeySet.shape.keys.element;

/**
 * The private secret, as a rotation writes it. The public one follows from it (`publicSetOf`), so that a rotation
 * that stopped anywhere is known by this secret alone.
 */
export const SigningKeyRing = SigningKeySet.extend({
  /** Since when the active key signs; the first one does not say. */
  activatedAt: Instant.optional(),
  /** When the last rotation was finished. */
  retiredAt: Instant.optional(),
  /** Made and published; it does not sign yet. */
  next: z.object({ kid: z.string(), publishedAt: Instant }).optional(),
  /** Keys that sign no more: their private halves are gone, and what they signed is still good. */
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
 * Whoever verifies keeps the public keys for 5 minutes, and for 65 while the secret cannot be read; what the JWKS
 * route answered is kept for 5 more. Nobody waits for a rotation, so that it outlasts the worst of these.
 */
export const publishedFor = 90 * minute;
/** A key that signs no more is published as long as a token of its may live, and a little longer: clocks differ. */
export const verifiedFor = (longestSignedAfter + longestAccessTokenLife) * second + 25 * minute;
/** A finished rotation is not begun again by whoever runs the command once too often. */
export const restsFor = 24 * hour;

type Step =
  | { readonly does: 'publish' | 'activate' | 'retire' }
  | {
      readonly does: 'wait';
      readonly for: 'publish' | 'activate' | 'retire';
      readonly until: Date;
    };

/** What a rotation does next. */
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

/** With one more key, which does not sign yet. */
export function withNext(ring: SigningKeyRing, key: SigningKey, now: Date): SigningKeyRing {
  const keys = [...ring.keys.filter(({ kid }) => kid === ring.active), key];
  return { ...ring, keys, next: { kid: key.kid, publishedAt: now.toISOString() } };
}

/** The next key signs; the private half of the one before is of no use to anybody any more. */
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

/** What was signed with the replaced keys is good no more. */
export function withoutReplaced(ring: SigningKeyRing, now: Date): SigningKeyRing {
  return { ...ring, replaced: undefined, retiredAt: now.toISOString() };
}

/** One key, and nothing of what was there: whoever has read the secret has read all of it. */
export function ringOf(key: SigningKey, now: Date): SigningKeyRing {
  return { active: key.kid, keys: [key], activatedAt: now.toISOString() };
}

/** What whoever verifies must know: of every key its public half, and of no key more. */
export function publicSetOf({
  keys,
  replaced = [],
}: Pick<SigningKeyRing, 'keys' | 'replaced'>): PublicKeys {
  return PublicKeySet.parse({ keys: [...keys, ...replaced.map(({ key }) => key)] });
}

export type PublicKeys = z.output<typeof PublicKeySet>;

/** Both of them, each key once. */
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

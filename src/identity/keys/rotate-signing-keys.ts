import { PublicKeySet } from '../../contract/public-keys.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import { jsonOfSecret, type ReadSecret, type WriteSecret } from '../../platform/aws/secrets.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import { newSigningKey } from './new-signing-key.ts';
import {
  SigningKeyRing,
  nextStep,
  publicSetOf,
  ringOf,
  rolesIn,
  union,
  withNext,
  withNextActive,
  withoutReplaced,
  type PublicKeys,
} from './signing-key-ring.ts';

interface Input {
  /** The id of a key that was stolen. It and all keys that were in the same secret are replaced at once. */
  readonly leaked?: string | undefined;
}

interface Deps {
  readonly readSecret: ReadSecret;
  readonly writeSecret: WriteSecret;
  readonly signingKeysArn: string;
  readonly publicKeysArn: string;
  readonly table: Pick<StateTable, 'claim' | 'take'>;
  readonly clock: Clock;
}

type Did = 'published' | 'activated' | 'retired' | 'replaced' | 'republished' | 'nothing';

interface Outcome {
  readonly did: Did;
  readonly ring: SigningKeyRing;
}

/**
 * P17: does the next step of a rotation that can be done now, and answers when the step after it can be done. If a run
 * stopped half-way, the next one goes on from there: the private secret says how far it came, and the published keys
 * are derived from it.
 */
export async function rotateSigningKeys({ leaked }: Input, deps: Deps) {
  const { did, ring } = await alone(deps, async () => {
    const found = await readRing(deps);
    if (leaked !== undefined && hasKey(found, leaked)) return replaceAll(found, deps);
    const { ring: mended, isMended } = await mendPublished(found, deps);
    const outcome = leaked === undefined ? await takeStep(mended, deps) : undefined;
    if (outcome && outcome.did !== 'nothing') return outcome;
    return { did: isMended ? 'republished' : 'nothing', ring: mended };
  });
  const keys = rolesIn(ring);
  logger.info('Signing keys', { did, keys });
  return { did, keys, next: upcoming(ring, deps.clock.now()) };
}

async function takeStep(ring: SigningKeyRing, deps: Deps): Promise<Outcome> {
  const now = deps.clock.now();
  const step = nextStep(ring, now);
  if (step.does === 'publish') {
    return move('published', ring, withNext(ring, await newSigningKey(), now), deps);
  }
  if (step.does === 'activate') return move('activated', ring, withNextActive(ring, now), deps);
  if (step.does === 'retire') return move('retired', ring, withoutReplaced(ring, now), deps);
  return { did: 'nothing', ring };
}

async function replaceAll(ring: SigningKeyRing, deps: Deps): Promise<Outcome> {
  return move('replaced', ring, ringOf(await newSigningKey(), deps.clock.now()), deps);
}

/** First the new key is published, then it signs, then the old one is removed: every signature can be verified. */
async function move(
  did: Did,
  from: SigningKeyRing,
  to: SigningKeyRing,
  deps: Deps,
): Promise<Outcome> {
  const [old, needed] = [publicSetOf(from), publicSetOf(to)];
  const both = union(needed, old);
  if (both.keys.length > old.keys.length) await publish(both, deps);
  await deps.writeSecret(deps.signingKeysArn, JSON.stringify(to));
  if (both.keys.length > needed.keys.length) await publish(needed, deps);
  return { did, ring: to };
}

/** The published keys differ if a run stopped half-way, or if two ran at once after all. */
async function mendPublished(ring: SigningKeyRing, deps: Deps) {
  const text = await deps.readSecret(deps.publicKeysArn);
  const published = text === undefined ? { keys: [] } : keysIn(text);
  const needed = publicSetOf(ring);
  if (isSame(published, needed)) return { ring, isMended: false };
  await publish(needed, deps);
  const { next } = ring;
  if (!next || published.keys.some(({ kid }) => kid === next.kid)) return { ring, isMended: true };
  // The key has only now been published, so its waiting time begins now.
  const mended = { ...ring, next: { ...next, publishedAt: deps.clock.now().toISOString() } };
  await deps.writeSecret(deps.signingKeysArn, JSON.stringify(mended));
  return { ring: mended, isMended: true };
}

async function readRing({ readSecret, signingKeysArn }: Deps): Promise<SigningKeyRing> {
  const text = await readSecret(signingKeysArn);
  if (text === undefined) throw new Error('There are no keys yet: a deployment makes the first.');
  return SigningKeyRing.parse(jsonOfSecret(text, signingKeysArn));
}

function publish(keys: PublicKeys, { writeSecret, publicKeysArn }: Deps): Promise<void> {
  return writeSecret(publicKeysArn, JSON.stringify(keys));
}

/** If the secret cannot be read as keys, no key counts as published. */
function keysIn(text: string): PublicKeys {
  try {
    return PublicKeySet.parse(JSON.parse(text));
  } catch {
    return { keys: [] };
  }
}

function isSame(some: PublicKeys, others: PublicKeys): boolean {
  const [one, other] = [some, others].map(({ keys }) => keys.map((key) => JSON.stringify(key)));
  return one?.toSorted().join() === other?.toSorted().join();
}

const hasKey = (ring: SigningKeyRing, kid: string) => rolesIn(ring).some((key) => key.kid === kid);

function upcoming(ring: SigningKeyRing, now: Date) {
  const step = nextStep(ring, now);
  return step.does === 'wait'
    ? { step: step.for, from: step.until.toISOString() }
    : { step: step.does, from: now.toISOString() };
}

/** Longer than the function may run, and longer than a changed secret may still be read with its old value. */
const claimMs = 120_000;
const claimed = { pk: 'operators', sk: 'rotate-keys' };

/**
 * Secrets have no compare-and-set: two runs at once would undo each other's changes. So a run claims the keys first. A
 * run that wrote, or stopped half-way, keeps the claim until it expires.
 */
async function alone(
  { table, clock }: Pick<Deps, 'table' | 'clock'>,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const endsAt = new Date(clock.now().getTime() + claimMs);
  if (!(await table.claim(claimed, {}, endsAt))) {
    throw new Error('The keys are being rotated, or were a moment ago: try again in two minutes.');
  }
  const outcome = await work();
  if (outcome.did === 'nothing') await table.take(claimed);
  return outcome;
}

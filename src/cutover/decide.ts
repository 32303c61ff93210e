import type { Candidate, RefusalReason } from './mapping/candidate.ts';

/** A row of ours that a candidate may be the same as. */
export interface OurRow {
  readonly id: string;
  readonly key: string;
  readonly transporterId: string | null;
  /** Of the columns that are imported. */
  readonly hash: string;
  /** Somebody has logged in to it, or a trip needs it. */
  readonly isUsed: boolean;
  /** Of an account. */
  readonly role: string | null;
}

/** A candidate whose fleet is known here. */
export interface PlacedCandidate extends Candidate {
  readonly transporterId: string | null;
  readonly hash: string;
}

export interface Known {
  /** What an earlier import made of the row. */
  readonly imported: { readonly id: string; readonly hash: string } | undefined;
  readonly byId: (id: string) => OurRow | undefined;
  readonly byKey: (key: string) => OurRow | undefined;
}

/** Why a row of ours stays as it is although the predecessor's differs. */
export const keptBecause = {
  'changed-here': 'It was changed or used here after it was imported. Ours stays as it is.',
  'removed-here': 'It was removed here after it was imported. It stays removed.',
  'here-before': 'It came into being here before it was imported. Ours stays as it is.',
} as const;

type KeptReason = keyof typeof keptBecause;

export type Decision =
  | { readonly did: 'new' | 'unchanged' }
  | { readonly did: 'changed'; readonly id: string }
  /** `link`: the row here that the predecessor's is the same as. */
  | { readonly did: 'kept'; readonly reason: KeptReason; readonly link?: string }
  | { readonly did: 'refused'; readonly reason: RefusalReason };

/** What becomes of a row. What somebody did here is newer than all that the predecessor knows, and wins. */
export function decide(candidate: PlacedCandidate, known: Known): Decision {
  return known.imported
    ? decideAgain(candidate, known, known.imported)
    : decideFirst(candidate, known);
}

function decideFirst({ id, key, transporterId }: PlacedCandidate, known: Known): Decision {
  const here = known.byKey(key);
  if (here) {
    const isOther = here.transporterId !== null && here.transporterId !== transporterId;
    if (isOther) return { did: 'refused', reason: 'in-another-fleet-here' };
    // A phone proves who somebody is, and a number whose vehicle it is: they are the same.
    return { did: 'kept', reason: 'here-before', link: here.id };
  }
  return known.byId(id) ? { did: 'refused', reason: 'id-taken-here' } : { did: 'new' };
}

function decideAgain(
  { key, hash, values, source }: PlacedCandidate,
  known: Known,
  imported: NonNullable<Known['imported']>,
): Decision {
  if (imported.hash === hash) return { did: 'unchanged' };
  const ours = known.byId(imported.id);
  if (!ours) return { did: 'kept', reason: 'removed-here' };
  if (ours.role !== null && ours.role !== values['role']) {
    return { did: 'refused', reason: 'role-changed' };
  }
  if (ours.hash !== imported.hash || ours.isUsed) return { did: 'kept', reason: 'changed-here' };
  const holder = known.byKey(key);
  if (holder && holder.id !== ours.id) {
    const reason = source === 'vehicles' ? 'number-taken-here' : 'phone-taken-here';
    return { did: 'refused', reason };
  }
  return { did: 'changed', id: ours.id };
}

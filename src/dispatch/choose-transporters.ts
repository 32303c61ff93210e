/** What is known of a transporter who is online and has trucks of a kind that is needed. */
export interface Candidate {
  readonly id: string;
  /** To the pickup. */
  readonly distanceKm: number;
  /** Free trucks, and live offers of other orders that want such trucks, by kind. */
  readonly freeTrucks: Readonly<Record<string, number>>;
  readonly openOffers: Readonly<Record<string, number>>;
  /** Whether it let two holds lapse within an hour. */
  readonly isLimited: boolean;
  readonly wasAsked: boolean;
  /** Milliseconds since it was last asked, and since it last got a truck. Null: never. */
  readonly sinceOfferedMs: number | null;
  readonly sinceWonMs: number | null;
  /** Of its last offers, fifty or a day: how many there were, and how many it took or declined. */
  readonly lately: {
    readonly offered: number;
    readonly accepted: number;
    readonly declined: number;
  };
}

export interface Needs {
  /** Open trucks by kind. */
  readonly searching: Readonly<Record<string, number>>;
  readonly radiusKm: number;
}

/** The weights are configuration. */
export interface ChoosingRules {
  /** For how many orders at once a free truck may be offered. */
  readonly offersPerTruck: number;
  /** A wave asks so many, or so many times the open trucks if that is more, but never more than `most`. */
  readonly least: number;
  readonly perOpenTruck: number;
  readonly most: number;
  /**
   * A wave asks more, up to `most`, until it may hope for so many acceptances for each open truck: where hardly anybody
   * accepts, the usual number finds nobody. By default it never does.
   */
  readonly hopedPerOpenTruck: number;
  /** Offers that everybody is taken to have had before, and accepted: so nobody is judged by one or two. */
  readonly before: { readonly offered: number; readonly accepted: number };
  /** Kilometres that count as added to the distance of a transporter. By default only the distance counts. */
  readonly addedKm: {
    /** For an offer in the last day that it neither took nor declined, as a share of all. */
    readonly perSilence: number;
    /** For having got a truck just now; the longer ago, the less, until it is nothing after an hour. */
    readonly perWin: number;
  };
}

export const usualRules: ChoosingRules = {
  offersPerTruck: 3,
  least: 10,
  perOpenTruck: 2,
  most: 50,
  // 0.7 fills more trucks where few accept (docs/dispatch-quality.md).
  hopedPerOpenTruck: 0,
  before: { offered: 4, accepted: 1.5 },
  addedKm: { perSilence: 0, perWin: 0 },
};

/** How many transporters are looked at together, the nearest first. */
export const lookedAtOnce = 50;
/** How many such groups are looked at before the wave asks whom it has found. Otherwise it could take for ever. */
export const mostLooks = 6;

type Verdict = 'asked' | 'asked_already' | 'too_far' | 'nothing_free' | 'beyond_wave';

export interface Choice {
  readonly id: string;
  readonly verdict: Verdict;
  readonly distanceKm: number;
  /** The kinds that it can serve. */
  readonly kinds: readonly string[];
}

/**
 * Whom a wave asks, and why nobody else: the nearest first, and last those who let their holds lapse. It takes no clock,
 * no randomness and no IO, so a simulator can run it as often as it likes.
 */
export function chooseTransporters(
  candidates: readonly Candidate[],
  needs: Needs,
  rules: ChoosingRules = usualRules,
): readonly Choice[] {
  const judged = candidates.map((candidate) => {
    const kinds = kindsToServe(candidate, needs, rules);
    return { candidate, kinds, verdict: verdictOn(candidate, kinds, needs) };
  });
  const able = judged
    .filter(({ verdict }) => verdict === undefined)
    .toSorted((one, other) => bySeniority(one.candidate, other.candidate, rules));
  const size = sizeOf(
    able.map(({ candidate }) => candidate),
    needs,
    rules,
  );
  const asked = new Set(able.slice(0, size).map(({ candidate: { id } }) => id));
  const ranks = new Map(able.map(({ candidate: { id } }, rank) => [id, rank]));
  return judged
    .map(({ candidate: { id, distanceKm }, kinds, verdict }) => ({
      id,
      distanceKm,
      kinds,
      verdict: verdict ?? (asked.has(id) ? ('asked' as const) : ('beyond_wave' as const)),
    }))
    .toSorted(
      (one, other) => (ranks.get(one.id) ?? Infinity) - (ranks.get(other.id) ?? Infinity) || 0,
    );
}

/** Whether nobody farther away need be looked at: there are more than the wave asks. */
export function isFull(choices: readonly Choice[]): boolean {
  return choices.some(({ verdict }) => verdict === 'beyond_wave');
}

/** A transporter counts once, whatever its kinds. `able`: those whom the wave would ask, in their sequence. */
function sizeOf(able: readonly Candidate[], { searching }: Needs, rules: ChoosingRules): number {
  const { least, perOpenTruck, most, hopedPerOpenTruck } = rules;
  const open = Object.values(searching).reduce((total, trucks) => total + trucks, 0);
  if (open === 0) return 0;
  const usual = Math.max(least, perOpenTruck * open);
  let size = 0;
  for (let hoped = 0; size < usual || hoped < hopedPerOpenTruck * open; size += 1) {
    const next = able[size];
    if (!next || size === most) break;
    hoped += likelihood(next, rules);
  }
  return size;
}

/** How likely a transporter accepts, by its answers of late. */
function likelihood({ lately }: Candidate, { before }: ChoosingRules): number {
  return (before.accepted + lately.accepted) / (before.offered + lately.offered);
}

/**
 * `offersPerTruck` decides only whether a transporter is asked. A transporter that is asked sees every kind that it can
 * serve. If its offer named fewer, the order would disappear for it once those were taken, while it could still take
 * another kind.
 */
function kindsToServe(
  { freeTrucks, openOffers }: Candidate,
  { searching }: Needs,
  { offersPerTruck }: ChoosingRules,
): readonly string[] {
  const free = (kind: string) => freeTrucks[kind] ?? 0;
  const kinds = Object.keys(searching).filter(
    (kind) => (searching[kind] ?? 0) > 0 && free(kind) > 0,
  );
  const hasRoom = kinds.some((kind) => offersPerTruck * free(kind) > (openOffers[kind] ?? 0));
  return hasRoom ? kinds : [];
}

function verdictOn(
  { wasAsked, distanceKm }: Candidate,
  kinds: readonly string[],
  { radiusKm }: Needs,
): Verdict | undefined {
  if (wasAsked) return 'asked_already';
  if (distanceKm > radiusKm) return 'too_far';
  return kinds.length === 0 ? 'nothing_free' : undefined;
}

/** Of two at the same distance, the one who has waited longer for an offer comes first. */
function bySeniority(one: Candidate, other: Candidate, rules: ChoosingRules): number {
  const waited = (each: Candidate) => each.sinceOfferedMs ?? Number.MAX_SAFE_INTEGER;
  return (
    Number(one.isLimited) - Number(other.isLimited) ||
    countedKm(one, rules) - countedKm(other, rules) ||
    waited(other) - waited(one) ||
    (one.id < other.id ? -1 : 1)
  );
}

const hourMs = 3_600_000;

function countedKm(
  { distanceKm, lately, sinceWonMs }: Candidate,
  { addedKm: { perSilence, perWin } }: ChoosingRules,
): number {
  const { offered, accepted, declined } = lately;
  const silent = offered === 0 ? 0 : Math.max(0, offered - accepted - declined) / offered;
  const won = sinceWonMs === null ? 0 : Math.max(0, 1 - sinceWonMs / hourMs);
  return distanceKm + perSilence * silent + perWin * won;
}

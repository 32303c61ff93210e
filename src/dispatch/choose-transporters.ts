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
  addedKm: { perSilence: 0, perWin: 0 },
};

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
  const asked = new Set(able.slice(0, sizeOf(needs, rules)).map(({ candidate: { id } }) => id));
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

/** A transporter counts once, whatever its kinds. */
function sizeOf({ searching }: Needs, { least, perOpenTruck, most }: ChoosingRules): number {
  const open = Object.values(searching).reduce((total, trucks) => total + trucks, 0);
  return open === 0 ? 0 : Math.min(most, Math.max(least, perOpenTruck * open));
}

function kindsToServe(
  { freeTrucks, openOffers }: Candidate,
  { searching }: Needs,
  { offersPerTruck }: ChoosingRules,
): readonly string[] {
  return Object.entries(searching).flatMap(([kind, open]) => {
    const room = offersPerTruck * (freeTrucks[kind] ?? 0) - (openOffers[kind] ?? 0);
    return open > 0 && room > 0 ? kind : [];
  });
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

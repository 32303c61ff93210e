import type { DriverTemper, Temper } from '../world/captain.ts';

/**
 * Phone numbers with a meaning: the last two digits of the customer's number, which captains are shown, say what the
 * city's captains do about the order. Whoever tries something out can so see each course that an order can take.
 */
export type Meaning =
  | 'taken at once'
  | 'declined'
  | 'not answered'
  | 'dropped'
  | 'late'
  | 'network lost';

const meanings: Readonly<Record<string, Meaning>> = {
  '10': 'taken at once',
  '20': 'declined',
  '30': 'not answered',
  '40': 'dropped',
  '50': 'late',
  '60': 'network lost',
};

/** Of a number as it is shown: `98xxxxxx10`. */
export const meaningOf = (phone: string): Meaning | undefined => meanings[phone.slice(-2)];

/** In seconds: nobody who looks waits longer for the city to do what was asked for. */
const soon = 3;

/** In seconds for each kilometre: the nearest is the first. */
const perKm = 0.4;

/** How a captain, so far from the pickup, takes an order whose number has a meaning. */
export function temperFor(meaning: Meaning | undefined, usual: Temper, km: number): Temper {
  if (meaning === undefined) return usual;
  const awake = {
    ...usual,
    overlooks: false,
    looksAfter: 1,
    decidesAfter: km * perKm,
    confirmsAfter: Math.min(usual.confirmsAfter, soon),
    holding: 'confirms',
  } as const;
  if (meaning === 'not answered') return { ...awake, overlooks: true };
  // No chance is so great.
  if (meaning === 'declined') return { ...awake, reluctance: 1, saysNo: true };
  // Any chance is greater.
  return { ...awake, reluctance: 0, triesAnother: meaning !== 'dropped' };
}

export interface DriverPlan extends DriverTemper {
  /** In seconds, after accepting. */
  readonly standsFor: number;
  /** In seconds, half-way to the drop. */
  readonly silentFor: number;
}

/** The driver who comes late stands so long first. */
export const lateSeconds = 45;
/** The driver who gives up has thought about it so long. */
const regretSeconds = 5;
/** Longer than it takes until the position counts as stale, so that it can be seen for a while. */
export const silentSeconds = 90;

/** How a driver takes a trip whose number has a meaning. */
export function driverPlanFor(meaning: Meaning | undefined, usual: DriverTemper): DriverPlan {
  const plain = { standsFor: 0, silentFor: 0 };
  if (meaning === undefined) return { ...usual, ...plain };
  const willing = {
    ...usual,
    ...plain,
    answers: 'accepts',
    answersAfter: Math.min(usual.answersAfter, soon),
    steadiness: 1,
  } as const;
  if (meaning === 'dropped') {
    return { ...willing, steadiness: 0, givesUpAfter: 0, standsFor: regretSeconds };
  }
  if (meaning === 'late') return { ...willing, standsFor: lateSeconds };
  if (meaning === 'network lost') return { ...willing, silentFor: silentSeconds };
  return willing;
}

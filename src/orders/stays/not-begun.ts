import type { LiveAssignment } from '../order/locked-order.ts';
import type { Stay } from './stay.ts';

const notThere: Stay = { arrivedAtMs: null, verified: false, leftAtMs: null };

/** What is known of a trip that has not begun. */
export const notBegun = {
  stays: { pickup: notThere, drop: notThere },
  startedAtMs: null,
  movedAtMs: null,
  wrongCodes: 0,
  codesLockedUntilMs: null,
} as const satisfies Partial<LiveAssignment>;

import type { Candidate, Choice, Needs } from '../../src/dispatch/choose-transporters.ts';
import type { LiveCaptain, LiveOrder } from './live.ts';

/** A captain within the radius, and what is known of it. */
export interface Near {
  readonly captain: LiveCaptain;
  readonly km: number;
  readonly candidate: () => Candidate;
}

/** What a policy may look at. */
export interface Asking {
  readonly order: LiveOrder;
  /** Everybody who has not been asked and has trucks of a kind, the nearest first. */
  readonly near: readonly Near[];
  readonly needs: Needs;
  /** Chance, for a policy that draws lots. */
  readonly lot: (near: Near) => number;
}

/** Who is asked, and when. */
export interface Policy {
  readonly name: string;
  readonly title: string;
  /** How long a search lasts. */
  readonly searchSeconds: number;
  readonly rounds: readonly { readonly atSeconds: number; readonly radiusKm: number }[];
  readonly choose: (asking: Asking) => readonly Choice[];
  /** How long an offer is open. Default: as long as the search. */
  readonly offerSeconds?: number;
  /** Whether the next is asked as soon as somebody has said no, or nothing in time. Default: no. */
  readonly asksOneByOne?: boolean;
}

import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';

/** How long a truck was at a place, in milliseconds since 1970. */
export interface Stay {
  readonly arrivedAtMs: number | null;
  /** Whether a position showed the arrival. Otherwise only the driver said so. */
  readonly verified: boolean;
  readonly leftAtMs: number | null;
}

export interface Stays {
  readonly pickup: Stay;
  readonly drop: Stay;
}

/** What a status says of a place: that the truck has arrived there, or has left it. */
interface Said {
  readonly arrived: boolean;
  readonly left: boolean;
}

const nothing: Said = { arrived: false, left: false };
const there: Said = { arrived: true, left: false };
const gone: Said = { arrived: true, left: true };

const saidBy: Partial<Record<AssignmentStatus, { readonly pickup: Said; readonly drop: Said }>> = {
  at_pickup: { pickup: there, drop: nothing },
  loading_complete: { pickup: there, drop: nothing },
  in_transit: { pickup: gone, drop: nothing },
  arrived_at_drop: { pickup: gone, drop: there },
  completed: { pickup: gone, drop: gone },
};

export function saidOf(status: AssignmentStatus) {
  return saidBy[status] ?? { pickup: nothing, drop: nothing };
}

/** Whole minutes from the arrival until the truck left, or until now. None if it has not arrived. */
export function waitedMinutes({ arrivedAtMs, leftAtMs }: Stay, now: Date): number {
  if (arrivedAtMs === null) return 0;
  return Math.max(0, Math.floor(((leftAtMs ?? now.getTime()) - arrivedAtMs) / 60_000));
}

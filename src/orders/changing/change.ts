import type { Sendable } from '../../contract/queues.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import type { Happening } from '../order/transition.ts';

/** What a use case does to an order. */
export interface Change {
  readonly happening: Happening;
  /** What is written with it: INSERT or UPDATE statements. Default: nothing. */
  readonly additions?: readonly Sql[];
  /** Messages for dispatch that come back in time. They are queued before the commit. Default: none. */
  readonly timers?: readonly Timer[];
}

export interface Timer {
  readonly message: Sendable;
  readonly delaySeconds: number;
}

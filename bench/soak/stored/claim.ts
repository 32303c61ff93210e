/**
 * A sentence that the stored rows could contradict. It is written from the promise alone: nothing of the rules of `src` is
 * used for checking them. Clocks are the database's.
 */
export interface Claim {
  /** The promise, by its name in docs/architecture.md, and the sentence. */
  readonly name: string;
  /** What was looked at, and a statement that counts it: a check of nothing proves nothing. */
  readonly of: string;
  readonly counted: string;
  /** Gives what is broken, in a sentence each. */
  readonly broken: string;
}

/** Everything that is repaired by then: the reconciler comes every two minutes. */
export const repaired = `interval '150 seconds'`;

/** From a decision that was made in time until it is written down. */
export const decided = `interval '500 ms'`;

export const isManning = `a.status NOT IN ('driver_declined', 'timed_out', 'cancelled')`;

export const count = (from: string) => `SELECT count(*)::int AS count FROM ${from}`;

/** Whether the transporter of the offer `f` had trucks of the order `o` when its search ended. */
export const hadTrucks = (table: 'holds' | 'assignments') => `
  SELECT FROM weelo.${table} AS had WHERE had.order_id = o.id AND had.transporter_id = f.transporter_id
    AND had.created_at <= o.search_closed_at AND COALESCE(had.ended_at, 'infinity') >= o.search_closed_at`;

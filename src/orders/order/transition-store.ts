import { insertEventsOfOrders } from '../../platform/outbox/events.ts';
import { columnNames, sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { Transition } from './transition.ts';

/**
 * P8: writes transitions of locked orders, each with its events, in one statement. P9: if a transition closes the
 * search, the order's offers are closed, too. A use case that also writes something else, such as a hold, adds its own
 * INSERT or UPDATE statements.
 */
export async function writeTransitions(
  db: Database,
  transitions: readonly Transition[],
  additions: readonly Sql[] = [],
): Promise<void> {
  const orders = transitions.map(columnsOf);
  const trucks = transitions.flatMap((transition) => transition.trucks);
  const changed = await db.$executeRaw(sql`
    WITH change AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) AS c (
        "orderId" uuid, "eventVersion" int, status weelo.order_status, "closesSearch" boolean,
        claimed int, filled int, "reasonCode" text, wave int, "onlineCandidates" int,
        "notifiedTransporters" int
      )
    ), trucks AS (
      UPDATE weelo.truck_requests AS t
      SET status = c.status, hold_id = c."holdId", updated_at = clock_timestamp()
      FROM jsonb_to_recordset(${JSON.stringify(trucks)}::jsonb) AS c (
        id uuid, status weelo.truck_status, "holdId" uuid
      )
      WHERE t.id = c.id
    ), closed AS (
      UPDATE weelo.offers AS f SET closed_at = clock_timestamp()
      FROM change AS c
      WHERE f.order_id = c."orderId" AND c."closesSearch" AND f.closed_at IS NULL
    ), told AS (${insertEventsOfOrders(transitions)})
    ${named(additions)}
    UPDATE weelo.orders AS o
    SET status = c.status, claimed = c.claimed, filled = c.filled, event_version = c."eventVersion",
        search_closed_at = CASE WHEN c."closesSearch" THEN clock_timestamp() ELSE o.search_closed_at END,
        reason_code = COALESCE(c."reasonCode", o.reason_code), wave = c.wave,
        online_candidates = c."onlineCandidates", notified_transporters = c."notifiedTransporters",
        updated_at = clock_timestamp()
    FROM change AS c
    WHERE o.id = c."orderId" AND o.event_version = c."eventVersion" - 1
  `);
  if (changed !== transitions.length) {
    throw new Error('An order was changed by somebody who did not lock it');
  }
}

/** What changes in the order's own row. */
function columnsOf({ orderId, eventVersion, status, closesSearch, ...after }: Transition) {
  const { claimed, filled, reasonCode, wave, onlineCandidates, notifiedTransporters } = after;
  const figures = { claimed, filled, wave, onlineCandidates, notifiedTransporters };
  return { orderId, eventVersion, status, closesSearch, reasonCode, ...figures };
}

/** Each addition becomes a part of the statement, with a name of its own. */
function named(additions: readonly Sql[]): Sql {
  const parts = additions.map(
    (addition, i) => sql`, ${columnNames({ [`addition${i}`]: true })} AS (${addition})`,
  );
  return parts.reduce((before, part) => sql`${before}${part}`, sql``);
}

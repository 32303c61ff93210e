import { insertEventsOfOrders } from '../../platform/outbox/events.ts';
import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { Transition } from './transition.ts';

/**
 * P8: writes transitions of locked orders, each with its events, in one statement. A use case that also writes
 * something else, such as a cancellation, adds its own INSERT or UPDATE to the statement.
 */
export async function writeTransitions(
  db: Database,
  transitions: readonly Transition[],
  addition?: Sql,
): Promise<void> {
  const orders = transitions.map(
    ({ orderId, eventVersion, status, closesSearch, claimed, filled, reasonCode }) => ({
      orderId,
      eventVersion,
      status,
      closesSearch,
      claimed,
      filled,
      reasonCode,
    }),
  );
  const trucks = transitions.flatMap((transition) => transition.trucks);
  const changed = await db.$executeRaw(sql`
    WITH change AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) AS c (
        "orderId" uuid, "eventVersion" int, status weelo.order_status, "closesSearch" boolean,
        claimed int, filled int, "reasonCode" text
      )
    ), trucks AS (
      UPDATE weelo.truck_requests AS t SET status = c.status, updated_at = clock_timestamp()
      FROM jsonb_to_recordset(${JSON.stringify(trucks)}::jsonb) AS c (id uuid, status weelo.truck_status)
      WHERE t.id = c.id
    ), told AS (${insertEventsOfOrders(transitions)})
    ${addition ? sql`, addition AS (${addition})` : sql``}
    UPDATE weelo.orders AS o
    SET status = c.status, claimed = c.claimed, filled = c.filled, event_version = c."eventVersion",
        search_closed_at = CASE WHEN c."closesSearch" THEN COALESCE(o.search_closed_at, clock_timestamp())
                                ELSE o.search_closed_at END,
        reason_code = COALESCE(c."reasonCode", o.reason_code), updated_at = clock_timestamp()
    FROM change AS c
    WHERE o.id = c."orderId" AND o.event_version = c."eventVersion" - 1
  `);
  if (changed !== transitions.length) {
    throw new Error('An order was changed by somebody who did not lock it');
  }
}

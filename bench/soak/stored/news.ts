import { count, hadTrucks, repaired, type Claim } from './claim.ts';

/** The events by which a transporter learns that an order is gone. */
const ends = `('order_expired', 'order_cancelled', 'broadcast_dismissed', 'booking_fully_filled')`;

/** P8, P9 and P12: who is told what, as it was written down for being told. */
export const news: readonly Claim[] = [
  {
    name: 'P8: every transition of an order has its events',
    of: 'events',
    counted: count('weelo.outbox WHERE order_id IS NOT NULL'),
    broken: `
      SELECT 'order ' || o.id || ' at version ' || o.event_version || ' has ' || COALESCE(e.versions::text, 'none') AS broken
      FROM weelo.orders AS o LEFT JOIN (
        SELECT order_id, array_agg(DISTINCT event_version ORDER BY event_version) AS versions
        FROM weelo.outbox GROUP BY order_id
      ) AS e ON e.order_id = o.id
      WHERE e.versions IS DISTINCT FROM ARRAY (SELECT generate_series(1, o.event_version))`,
  },
  {
    name: 'P8: each crew is told of: to the customer, to the driver, and when the driver accepts',
    of: 'assignments',
    counted: count('weelo.assignments'),
    broken: `
      WITH told AS MATERIALIZED (
        SELECT message ->> 'event' AS event, message -> 'data' ->> 'assignmentId' AS assignment, message -> 'to' AS "to"
        FROM weelo.outbox WHERE message ->> 'event' IN ('truck_assigned', 'trip_assigned', 'driver_accepted')
      ), owed AS (
        SELECT a.id::text AS assignment, 'truck_assigned' AS event, o.customer_id AS whom
        FROM weelo.assignments AS a JOIN weelo.orders AS o ON o.id = a.order_id
        UNION ALL SELECT id::text, 'trip_assigned', driver_id FROM weelo.assignments
        UNION ALL SELECT id::text, 'driver_accepted', transporter_id FROM weelo.assignments WHERE accepted_at IS NOT NULL
      )
      SELECT event || ' of assignment ' || assignment || ' to ' || whom AS broken FROM owed
      WHERE NOT EXISTS (SELECT FROM told
        WHERE told.event = owed.event AND told.assignment = owed.assignment AND told."to" @> to_jsonb(whom::text))`,
  },
  {
    name: 'P8: the customer is told of the end of each order that was completed or cancelled',
    of: 'orders that are completed or cancelled',
    counted: count(`weelo.orders WHERE status IN ('completed', 'cancelled')`),
    broken: `
      SELECT 'order ' || o.id || ' is ' || o.status AS broken FROM weelo.orders AS o
      WHERE o.status IN ('completed', 'cancelled') AND NOT EXISTS (
        SELECT FROM weelo.outbox AS e WHERE e.order_id = o.id AND e.message -> 'to' @> to_jsonb(o.customer_id::text)
          AND e.message ->> 'event' = CASE WHEN o.status = 'completed' THEN 'booking_completed' ELSE 'order_cancelled' END)`,
  },
  {
    name: 'P8: nothing waits to be told, and nothing was parked',
    of: 'events',
    counted: count('weelo.outbox'),
    broken: `
      SELECT 'event ' || id || ' of order ' || order_id || ' waits since ' || created_at AS broken
      FROM weelo.outbox WHERE relayed_at IS NULL AND created_at < now() - ${repaired}
      UNION ALL SELECT 'event ' || id || ' is parked' FROM weelo.outbox WHERE parked_at IS NOT NULL`,
  },
  {
    name: 'P9: the offers of a closed search are closed, and so is one that was declined',
    of: 'offers',
    counted: count('weelo.offers'),
    broken: `
      SELECT 'offer of order ' || o.id || ' to ' || f.transporter_id AS broken
      FROM weelo.orders AS o JOIN weelo.offers AS f ON f.order_id = o.id
      WHERE f.closed_at IS NULL AND (o.search_closed_at IS NOT NULL OR f.answer = 'declined')`,
  },
  {
    name: 'P9: whoever lost an order is told',
    of: 'offers that were lost',
    counted: count(
      `weelo.offers AS f JOIN weelo.orders AS o ON o.id = f.order_id WHERE f.closed_at >= o.search_closed_at`,
    ),
    // Whoever had trucks of it at that moment has not lost it. The last word to all others is that it is gone.
    broken: `
      WITH last AS MATERIALIZED (
        SELECT order_id, whom, max(event_version) FILTER (WHERE message ->> 'event' IN ${ends}) AS gone,
          max(event_version) FILTER (WHERE message ->> 'event' = 'new_broadcast') AS shown
        FROM weelo.outbox, jsonb_array_elements_text(message -> 'to') AS whom
        WHERE message ->> 'event' IN ${ends} OR message ->> 'event' = 'new_broadcast'
        GROUP BY order_id, whom
      )
      SELECT 'transporter ' || f.transporter_id || ' lost order ' || o.id AS broken
      FROM weelo.orders AS o JOIN weelo.offers AS f ON f.order_id = o.id
      LEFT JOIN last ON last.order_id = o.id AND last.whom = f.transporter_id::text
      WHERE o.search_closed_at IS NOT NULL AND f.closed_at >= o.search_closed_at
        AND COALESCE(last.gone, 0) <= COALESCE(last.shown, 0)
        AND NOT EXISTS (${hadTrucks('holds')}) AND NOT EXISTS (${hadTrucks('assignments')})`,
  },
  {
    name: 'P12: trucks are held and driven by those alone to whom the order was offered',
    of: 'holds and assignments',
    counted: `SELECT ((SELECT count(*) FROM weelo.holds) + (SELECT count(*) FROM weelo.assignments))::int AS count`,
    broken: `
      SELECT 'hold ' || h.id AS broken FROM weelo.holds AS h WHERE NOT EXISTS (
        SELECT FROM weelo.offers AS f WHERE f.order_id = h.order_id AND f.transporter_id = h.transporter_id)
      UNION ALL
      SELECT 'assignment ' || a.id FROM weelo.assignments AS a
      LEFT JOIN weelo.vehicles AS v ON v.id = a.vehicle_id LEFT JOIN weelo.users AS d ON d.id = a.driver_id
      WHERE v.transporter_id IS DISTINCT FROM a.transporter_id OR d.transporter_id IS DISTINCT FROM a.transporter_id`,
  },
];

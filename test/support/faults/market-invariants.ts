import { contradictionsIn, everyOrder, type Sql, type StoredOrder } from './order-invariants.ts';

/**
 * What contradicts the promises, in a sentence each: of these orders, and of the fleets that have to do with them. It
 * asks PostgreSQL alone. Default: of all orders.
 */
export async function brokenMarket(
  sql: Sql,
  orderIds?: readonly string[],
): Promise<readonly string[]> {
  const [found, orders] = await Promise.all([
    sql<{ broken: string }>(`${theirs} ${whatContradicts}`, [orderIds ?? null]),
    sql<StoredOrder>(`${theirs} ${everyOrder}`, [orderIds ?? null]),
  ]);
  return [...found.map(({ broken }) => broken), ...orders.flatMap(contradictionsIn)];
}

const theirs = `
  WITH theirs AS (
    SELECT * FROM weelo.orders WHERE $1::uuid[] IS NULL OR id = ANY ($1::uuid[])
  ), fleets AS (
    SELECT f.transporter_id AS id FROM weelo.offers AS f JOIN theirs ON theirs.id = f.order_id
    UNION
    SELECT h.transporter_id FROM weelo.holds AS h JOIN theirs ON theirs.id = h.order_id
    UNION
    SELECT a.transporter_id FROM weelo.assignments AS a JOIN theirs ON theirs.id = a.order_id
  )
`;

const isManning = `a.status NOT IN ('driver_declined', 'timed_out', 'cancelled')`;

/** The events by which a transporter learns that an order is gone. */
const ends = `('order_expired', 'order_cancelled', 'broadcast_dismissed', 'booking_fully_filled')`;

const whatContradicts = `
  SELECT 'P4: truck ' || t.id || ' is ' || t.status || ' and has ' || count(a.id) || ' crews' AS broken
  FROM theirs AS o JOIN weelo.truck_requests AS t ON t.order_id = o.id
  LEFT JOIN weelo.assignments AS a ON a.truck_request_id = t.id AND ${isManning}
  GROUP BY t.id
  HAVING count(a.id) <> CASE WHEN t.status IN ('assigned', 'in_progress', 'completed') THEN 1 ELSE 0 END
UNION ALL
  SELECT 'P4: assignment ' || a.id || ' was made from hold ' || h.id || ', after the search had closed'
  FROM theirs AS o JOIN weelo.assignments AS a ON a.order_id = o.id JOIN weelo.holds AS h ON h.id = a.hold_id
  WHERE NOT h.after_no AND h.created_at > o.search_closed_at AND a.created_at > o.search_closed_at
UNION ALL
  SELECT 'P4: assignment ' || a.id || ' is not of the order, the fleet or the kind of its hold or its truck'
  FROM theirs AS o JOIN weelo.assignments AS a ON a.order_id = o.id
  LEFT JOIN weelo.truck_requests AS t ON t.id = a.truck_request_id AND t.order_id = o.id
  LEFT JOIN weelo.holds AS h
    ON h.id = a.hold_id AND h.order_id = o.id AND h.transporter_id = a.transporter_id AND h.vehicle_key = t.vehicle_key
  LEFT JOIN weelo.vehicles AS v ON v.id = a.vehicle_id
  WHERE t.id IS NULL OR h.id IS NULL OR v.vehicle_key <> t.vehicle_key
UNION ALL
  SELECT 'P5: hold ' || h.id || ' is ' || h.status || ', was of ' || h.quantity || ', and has ' || count(t.id)
  FROM theirs AS o JOIN weelo.holds AS h ON h.order_id = o.id
  LEFT JOIN weelo.truck_requests AS t
    ON t.hold_id = h.id AND t.order_id = o.id AND t.vehicle_key = h.vehicle_key AND t.status = 'held'
  GROUP BY h.id
  HAVING count(t.id) <> CASE WHEN h.status = 'active' THEN h.quantity ELSE 0 END
UNION ALL
  SELECT 'P5: truck ' || t.id || ' is held, and its hold is ' || COALESCE(h.status::text, 'gone')
  FROM theirs AS o JOIN weelo.truck_requests AS t ON t.order_id = o.id
  LEFT JOIN weelo.holds AS h ON h.id = t.hold_id AND h.order_id = o.id
  WHERE t.status = 'held' AND h.status IS DISTINCT FROM 'active'
UNION ALL
  SELECT 'P5: hold ' || h.id || ' was confirmed, and nobody was assigned'
  FROM theirs AS o JOIN weelo.holds AS h ON h.order_id = o.id
  WHERE h.status = 'confirmed' AND NOT EXISTS (SELECT FROM weelo.assignments AS a WHERE a.hold_id = h.id)
UNION ALL
  SELECT 'P7: order ' || o.id || ' is ' || o.status || ', and hold ' || h.id || ' is active'
  FROM theirs AS o JOIN weelo.holds AS h ON h.order_id = o.id
  WHERE o.status IN ('expired', 'cancelled') AND h.status = 'active'
UNION ALL
  SELECT 'P7: order ' || o.id || ' is ' || o.status || ', and assignment ' || a.id || ' is ' || a.status
  FROM theirs AS o JOIN weelo.assignments AS a ON a.order_id = o.id
  WHERE o.status IN ('expired', 'cancelled') AND (${isManning} OR a.live_driver_id IS NOT NULL)
UNION ALL
  SELECT 'P7: order ' || o.id || ' lost truck ' || t.id || ', and its customer was not told'
  FROM theirs AS o JOIN weelo.truck_requests AS t ON t.order_id = o.id
  WHERE t.status = 'expired' AND NOT EXISTS (
    SELECT FROM weelo.outbox AS e
    WHERE e.order_id = o.id AND e.message -> 'to' @> to_jsonb(o.customer_id::text)
      AND e.message -> 'data' -> 'expiredTruckRequestIds' @> to_jsonb(t.id::text)
  )
UNION ALL
  SELECT 'P8: order ' || o.id || ' at version ' || o.event_version || ' has events ' || COALESCE(e.versions::text, 'none')
  FROM theirs AS o LEFT JOIN (
    SELECT order_id, array_agg(DISTINCT event_version ORDER BY event_version) AS versions
    FROM weelo.outbox GROUP BY order_id
  ) AS e ON e.order_id = o.id
  WHERE e.versions IS DISTINCT FROM ARRAY (SELECT generate_series(1, o.event_version))
UNION ALL
  SELECT 'P9: the search of order ' || o.id || ' is closed, and its offer to ' || f.transporter_id || ' is live'
  FROM theirs AS o JOIN weelo.offers AS f ON f.order_id = o.id
  WHERE o.search_closed_at IS NOT NULL AND f.closed_at IS NULL
UNION ALL
  SELECT 'P9: transporter ' || f.transporter_id || ' lost order ' || o.id || ', and was not told'
  FROM theirs AS o JOIN weelo.offers AS f ON f.order_id = o.id
  WHERE o.search_closed_at IS NOT NULL AND f.closed_at >= o.search_closed_at
    AND NOT EXISTS (
      SELECT FROM weelo.holds AS h WHERE h.order_id = o.id AND h.transporter_id = f.transporter_id
    ) AND NOT EXISTS (
      SELECT FROM weelo.outbox AS e
      WHERE e.order_id = o.id AND e.message ->> 'event' IN ${ends}
        AND e.message -> 'to' @> to_jsonb(f.transporter_id::text)
    )
UNION ALL
  SELECT 'P9: transporter ' || f.transporter_id || ' declined order ' || o.id || ', and the offer is live'
  FROM theirs AS o JOIN weelo.offers AS f ON f.order_id = o.id
  WHERE f.answer = 'declined' AND f.closed_at IS NULL
UNION ALL
  SELECT 'P11: driver ' || a.driver_id || ' is on ' || count(*) || ' live assignments'
  FROM weelo.assignments AS a JOIN fleets ON fleets.id = a.transporter_id
  WHERE a.ended_at IS NULL GROUP BY a.driver_id HAVING count(*) > 1
UNION ALL
  SELECT 'P11: vehicle ' || a.vehicle_id || ' is on ' || count(*) || ' live assignments'
  FROM weelo.assignments AS a JOIN fleets ON fleets.id = a.transporter_id
  WHERE a.ended_at IS NULL GROUP BY a.vehicle_id HAVING count(*) > 1
UNION ALL
  SELECT 'P11: vehicle ' || v.id || ' is ' || v.status || ', and has ' || count(a.id) || ' live assignments'
  FROM weelo.vehicles AS v JOIN fleets ON fleets.id = v.transporter_id
  LEFT JOIN weelo.assignments AS a ON a.live_vehicle_id = v.id
  GROUP BY v.id HAVING (v.status IN ('on_hold', 'in_transit')) <> (count(a.id) > 0)
UNION ALL
  SELECT 'P5: transporter ' || id || ' has ' || vehicles || ' of ' || kind || ', ' || available || ' available, and '
         || held || ' held and ' || assigned || ' assigned'
  FROM (
    SELECT fleets.id, v.vehicle_key AS kind, count(*) AS vehicles,
           count(*) FILTER (WHERE v.status = 'available') AS available,
           count(a.id) AS assigned, COALESCE((
             SELECT sum(h.quantity) FROM weelo.holds AS h
             WHERE h.transporter_id = fleets.id AND h.vehicle_key = v.vehicle_key AND h.status = 'active'
           ), 0) AS held
    FROM fleets JOIN weelo.vehicles AS v ON v.transporter_id = fleets.id
    LEFT JOIN weelo.assignments AS a ON a.live_vehicle_id = v.id
    GROUP BY fleets.id, v.vehicle_key
  ) AS each
  WHERE held + assigned > vehicles OR held > available
`;

import { count, isManning, type Claim } from './claim.ts';

/** An order with what its trucks say of it. */
const counted = `(
  SELECT o.id, o.status::text, o.needed, o.claimed, o.filled, o.search_closed_at IS NULL AS searching,
    EXISTS (SELECT FROM weelo.cancellations AS c WHERE c.order_id = o.id) AS cancelled,
    count(t.id) AS trucks,
    count(t.id) FILTER (WHERE t.status = 'searching') AS open,
    count(t.id) FILTER (WHERE t.status = 'held') AS held,
    count(t.id) FILTER (WHERE t.status IN ('assigned', 'in_progress', 'completed')) AS manned,
    count(t.id) FILTER (WHERE t.status IN ('in_progress', 'completed')) AS gone,
    count(t.id) FILTER (WHERE t.status = 'completed') AS completed,
    count(t.id) FILTER (WHERE t.status NOT IN ('expired', 'cancelled')) AS going
  FROM weelo.orders AS o LEFT JOIN weelo.truck_requests AS t ON t.order_id = o.id GROUP BY o.id
) AS o`;

/** What an order with such trucks is, by the contract's table of states. */
const shouldBe = `CASE
  WHEN cancelled THEN 'cancelled'
  WHEN NOT searching AND manned + held = 0 THEN 'expired'
  WHEN NOT searching AND completed > 0 AND completed = going THEN 'completed'
  WHEN gone > 0 THEN 'in_progress'
  WHEN manned >= needed THEN 'fully_filled'
  WHEN manned > 0 OR NOT searching THEN 'partially_filled'
  ELSE 'broadcasting'
END`;

/** P5 and P7: how many trucks an order has, and what is left of it. */
export const counters: readonly Claim[] = [
  {
    name: 'P5: never more trucks filled than asked for',
    of: 'orders',
    counted: count('weelo.orders'),
    broken: `
      SELECT 'order ' || o.id || ' has ' || count(*) || ' of ' || o.needed || ' trucks' AS broken
      FROM weelo.orders AS o JOIN weelo.assignments AS a ON a.order_id = o.id
      WHERE ${isManning} GROUP BY o.id HAVING count(*) > o.needed`,
  },
  {
    name: 'P5: an order counts its trucks right',
    of: 'orders',
    counted: count('weelo.orders'),
    broken: `
      SELECT 'order ' || id || ': ' || filled || '/' || claimed || '/' || needed || ', and has ' || manned || '/'
        || manned + held || '/' || trucks || ', ' || open || ' open' AS broken
      FROM ${counted}
      WHERE filled <> manned OR claimed <> manned + held OR trucks <> needed OR (NOT searching AND open > 0)`,
  },
  {
    name: 'P5: a hold has the trucks that it says, and a held truck its hold',
    of: 'holds',
    counted: count('weelo.holds'),
    broken: `
      SELECT 'hold ' || h.id || ' is ' || h.status || ', was of ' || h.quantity || ', and has ' || count(t.id) AS broken
      FROM weelo.holds AS h LEFT JOIN weelo.truck_requests AS t
        ON t.hold_id = h.id AND t.order_id = h.order_id AND t.vehicle_key = h.vehicle_key AND t.status = 'held'
      GROUP BY h.id HAVING count(t.id) <> CASE WHEN h.status = 'active' THEN h.quantity ELSE 0 END
      UNION ALL
      SELECT 'truck ' || t.id || ' is held, and its hold is ' || COALESCE(h.status::text, 'gone')
      FROM weelo.truck_requests AS t LEFT JOIN weelo.holds AS h ON h.id = t.hold_id AND h.order_id = t.order_id
      WHERE t.status = 'held' AND h.status IS DISTINCT FROM 'active'`,
  },
  {
    name: 'P5: nobody has promised more trucks than there are in the fleet',
    of: 'fleets and kinds',
    counted: count('(SELECT DISTINCT transporter_id, vehicle_key FROM weelo.vehicles) AS fleets'),
    broken: `
      SELECT 'transporter ' || transporter_id || ' has ' || vehicles || ' of ' || vehicle_key || ', and ' || held
        || ' held and ' || assigned || ' assigned' AS broken
      FROM (
        SELECT v.transporter_id, v.vehicle_key, count(*) AS vehicles, count(a.id) AS assigned, COALESCE((
          SELECT sum(h.quantity) FROM weelo.holds AS h WHERE h.transporter_id = v.transporter_id
            AND h.vehicle_key = v.vehicle_key AND h.status = 'active'), 0) AS held
        FROM weelo.vehicles AS v LEFT JOIN weelo.assignments AS a ON a.live_vehicle_id = v.id
        GROUP BY v.transporter_id, v.vehicle_key
      ) AS each WHERE held + assigned > vehicles`,
  },
  {
    name: 'P7: an order is what its trucks make it: what was filled stays, the rest is over',
    of: 'orders',
    counted: count('weelo.orders'),
    broken: `
      SELECT 'order ' || id || ' is ' || status || ', and should be ' || ${shouldBe} AS broken
      FROM ${counted} WHERE status <> ${shouldBe}`,
  },
  {
    name: 'P7: nothing lives on of an order that is over',
    of: 'orders that are over',
    counted: count(`weelo.orders WHERE status IN ('expired', 'cancelled')`),
    broken: `
      SELECT 'order ' || o.id || ' is ' || o.status || ', and hold ' || h.id || ' is active' AS broken
      FROM weelo.orders AS o JOIN weelo.holds AS h ON h.order_id = o.id
      WHERE o.status IN ('expired', 'cancelled') AND h.status = 'active'
      UNION ALL
      SELECT 'order ' || o.id || ' is ' || o.status || ', and assignment ' || a.id || ' is ' || a.status
      FROM weelo.orders AS o JOIN weelo.assignments AS a ON a.order_id = o.id
      WHERE o.status IN ('expired', 'cancelled') AND (${isManning} OR a.live_driver_id IS NOT NULL)`,
  },
  {
    name: 'P7: the customer is told of each truck that has expired',
    of: 'expired trucks',
    counted: count(`weelo.truck_requests WHERE status = 'expired'`),
    broken: `
      SELECT 'truck ' || t.id || ' of order ' || o.id AS broken
      FROM weelo.orders AS o JOIN weelo.truck_requests AS t ON t.order_id = o.id
      WHERE t.status = 'expired' AND NOT EXISTS (
        SELECT FROM weelo.outbox AS e
        WHERE e.order_id = o.id AND e.message -> 'to' @> to_jsonb(o.customer_id::text)
          AND e.message -> 'data' -> 'expiredTruckRequestIds' @> to_jsonb(t.id::text))`,
  },
];

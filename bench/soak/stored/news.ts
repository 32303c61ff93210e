import { count, repaired, type Claim } from './claim.ts';

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
    broken: `
      SELECT 'transporter ' || f.transporter_id || ' lost order ' || o.id AS broken
      FROM weelo.orders AS o JOIN weelo.offers AS f ON f.order_id = o.id
      WHERE o.search_closed_at IS NOT NULL AND f.closed_at >= o.search_closed_at AND NOT EXISTS (
        SELECT FROM weelo.holds AS h WHERE h.order_id = o.id AND h.transporter_id = f.transporter_id
      ) AND NOT EXISTS (
        SELECT FROM weelo.outbox AS e
        WHERE e.order_id = o.id AND e.message ->> 'event' IN ${ends}
          AND e.message -> 'to' @> to_jsonb(f.transporter_id::text))`,
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

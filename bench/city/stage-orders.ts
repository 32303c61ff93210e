import type { Sql } from '../soak/sql.ts';
import type { OrderOutcome } from './run-figures.ts';

/** An order of the stage, as its database tells of it. */
export interface StageOrder extends OrderOutcome {
  readonly placedAt: Date;
  readonly latitude: number;
  readonly longitude: number;
  /** Whether each truck has come, or is lost. */
  readonly isOver: boolean;
}

const hasCome = `a.status IN ('at_pickup', 'loading_complete', 'in_transit', 'arrived_at_drop', 'completed')`;

/** The first orders, in the sequence in which they were placed. */
export function firstOrders(sql: Sql, count: number): Promise<readonly StageOrder[]> {
  return sql<StageOrder>(
    `SELECT o.created_at AS "placedAt", o.pickup_latitude AS latitude, o.pickup_longitude AS longitude,
       o.needed AS trucks, t.came, t.crewed, t.over = o.needed AS "isOver",
       (SELECT count(*)::int FROM weelo.offers AS f WHERE f.order_id = o.id) AS offers,
       extract(epoch FROM h.first - o.created_at)::float8 AS "firstHeldAfter",
       extract(epoch FROM LEAST(o.search_closed_at, o.search_deadline) - o.created_at)::float8 AS "searchedFor"
     FROM weelo.orders AS o
     CROSS JOIN LATERAL (
       SELECT min(created_at) AS first FROM weelo.holds WHERE order_id = o.id AND NOT after_no
     ) AS h
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.came)::int AS came, count(*) FILTER (WHERE c.crewed)::int AS crewed,
         count(*) FILTER (WHERE c.came OR r.status IN ('expired', 'cancelled'))::int AS over
       FROM weelo.truck_requests AS r CROSS JOIN LATERAL (
         SELECT count(*) > 0 AS crewed, count(*) FILTER (WHERE ${hasCome}) > 0 AS came
         FROM weelo.assignments AS a WHERE a.truck_request_id = r.id
       ) AS c
       WHERE r.order_id = o.id
     ) AS t
     ORDER BY o.created_at, o.id LIMIT $1`,
    [count],
  );
}

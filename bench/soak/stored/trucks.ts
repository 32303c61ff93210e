import { count, decided, isManning, type Claim } from './claim.ts';

/** P4 and P11: who has a truck. */
export const trucks: readonly Claim[] = [
  {
    name: 'P4: a truck has one crew, and none that it should not have',
    of: 'trucks',
    counted: count('weelo.truck_requests'),
    broken: `
      SELECT 'truck ' || t.id || ' is ' || t.status || ' and has ' || count(a.id) || ' crews' AS broken
      FROM weelo.truck_requests AS t
      LEFT JOIN weelo.assignments AS a ON a.truck_request_id = t.id AND ${isManning}
      GROUP BY t.id
      HAVING count(a.id) <> CASE WHEN t.status IN ('assigned', 'in_progress', 'completed') THEN 1 ELSE 0 END`,
  },
  {
    name: 'P4: nothing is held or offered after the deadline, or after the end of the search',
    of: 'holds and offers',
    counted: `SELECT ((SELECT count(*) FROM weelo.holds) + (SELECT count(*) FROM weelo.offers))::int AS count`,
    broken: `
      SELECT 'hold ' || h.id || ' of order ' || o.id AS broken
      FROM weelo.holds AS h JOIN weelo.orders AS o ON o.id = h.order_id
      WHERE NOT h.after_no AND h.created_at > LEAST(o.search_deadline, o.search_closed_at)
      UNION ALL
      SELECT 'offer of order ' || o.id || ' to ' || f.transporter_id
      FROM weelo.offers AS f JOIN weelo.orders AS o ON o.id = f.order_id
      WHERE f.created_at > LEAST(o.search_deadline, o.search_closed_at)`,
  },
  {
    name: 'P4: whoever waited for a lock past the deadline gets nothing',
    of: 'holds and answers',
    counted: `SELECT ((SELECT count(*) FROM weelo.holds WHERE ended_at IS NOT NULL) +
      (SELECT count(*) FROM weelo.assignments WHERE accepted_at IS NOT NULL))::int AS count`,
    // Rows have the time at which their transaction began; an event has that at which the decision was made.
    broken: `
      SELECT 'hold ' || h.id || ' was decided late' AS broken
      FROM weelo.holds AS h JOIN weelo.orders AS o ON o.id = h.order_id
      JOIN weelo.outbox AS e ON e.order_id = o.id AND e.message ->> 'name' = 'TrucksHeld'
        AND e.message -> 'data' ->> 'holdId' = h.id::text
      WHERE NOT h.after_no AND (e.message ->> 'at')::timestamptz
        > LEAST(o.search_deadline, o.search_closed_at) + ${decided}
      UNION ALL
      SELECT 'hold ' || id || ' was confirmed late' FROM weelo.holds
      WHERE status = 'confirmed' AND ended_at > expires_at + ${decided}
      UNION ALL
      SELECT 'assignment ' || id || ' was accepted late' FROM weelo.assignments
      WHERE accepted_at > answer_by + ${decided}`,
  },
  {
    name: 'P4: a crew is of the order, the fleet and the kind of its hold and its truck',
    of: 'assignments',
    counted: count('weelo.assignments'),
    broken: `
      SELECT 'assignment ' || a.id AS broken
      FROM weelo.assignments AS a
      LEFT JOIN weelo.truck_requests AS t ON t.id = a.truck_request_id AND t.order_id = a.order_id
      LEFT JOIN weelo.holds AS h ON h.id = a.hold_id AND h.order_id = a.order_id
        AND h.transporter_id = a.transporter_id AND h.vehicle_key = t.vehicle_key
      LEFT JOIN weelo.vehicles AS v ON v.id = a.vehicle_id
      WHERE t.id IS NULL OR h.id IS NULL OR v.vehicle_key <> t.vehicle_key`,
  },
  {
    name: 'P11: a vehicle and a driver are on at most one live trip',
    of: 'live trips',
    counted: count('weelo.assignments WHERE ended_at IS NULL'),
    broken: `
      SELECT 'driver ' || driver_id || ' is on ' || count(*) AS broken FROM weelo.assignments
      WHERE ended_at IS NULL GROUP BY driver_id HAVING count(*) > 1
      UNION ALL
      SELECT 'vehicle ' || vehicle_id || ' is on ' || count(*) FROM weelo.assignments
      WHERE ended_at IS NULL GROUP BY vehicle_id HAVING count(*) > 1`,
  },
  {
    name: 'P11: no two trips of a vehicle or a driver have overlapped',
    of: 'assignments',
    counted: count('weelo.assignments'),
    broken: `
      SELECT 'assignments ' || one.id || ' and ' || other.id AS broken
      FROM weelo.assignments AS one JOIN weelo.assignments AS other
        ON one.id < other.id AND (one.vehicle_id = other.vehicle_id OR one.driver_id = other.driver_id)
       AND one.created_at < COALESCE(other.ended_at, 'infinity')
       AND other.created_at < COALESCE(one.ended_at, 'infinity')`,
  },
  {
    name: 'P11: a vehicle is at work exactly while it has a live trip',
    of: 'vehicles',
    counted: count('weelo.vehicles'),
    broken: `
      SELECT 'vehicle ' || v.id || ' is ' || v.status || ', and has ' || count(a.id) || ' live trips' AS broken
      FROM weelo.vehicles AS v LEFT JOIN weelo.assignments AS a ON a.live_vehicle_id = v.id
      GROUP BY v.id HAVING (v.status IN ('on_hold', 'in_transit')) <> (count(a.id) > 0)`,
  },
];

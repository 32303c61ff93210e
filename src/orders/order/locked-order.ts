import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { Stays } from '../stays/stay.ts';
import { staysSql } from '../stays/stays-sql.ts';
import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import { storedOrder, type WholeOrder } from './order-row.ts';

/** An order under its lock, with all that a use case decides by. Read it again after each change. */
export interface OrderInHand extends WholeOrder {
  /** The database's clock after the lock was taken: every deadline is compared with it. */
  readonly read_at: Date;
  /** The live offers, the nearest first. */
  readonly offers: readonly LiveOffer[];
  /** The active holds. */
  readonly holds: readonly LiveHold[];
  /** The assignments that have not ended. */
  readonly assignments: readonly LiveAssignment[];
}

export interface LiveOffer {
  readonly transporterId: string;
  readonly distanceKm: number;
  /** The kinds that the transporter knows it can serve. */
  readonly toldKinds: readonly string[];
  /** Whether the transporter holds trucks of the order, and whether trucks of its own are assigned to it. */
  readonly holds: boolean;
  readonly drives: boolean;
}

export interface LiveHold {
  readonly id: string;
  readonly transporterId: string;
  readonly vehicleKey: string;
  readonly quantity: number;
  readonly afterNo: boolean;
  readonly expiresAtMs: number;
}

export interface LiveAssignment {
  readonly id: string;
  readonly truckRequestId: string;
  readonly holdId: string;
  readonly transporterId: string;
  readonly driverId: string;
  readonly driverName: string | null;
  readonly driverPhone: string;
  readonly vehicleId: string;
  readonly vehicleNumber: string;
  readonly status: AssignmentStatus;
  readonly answerByMs: number;
  /** How long the truck was at the pickup and at the drop. */
  readonly stays: Stays;
  /** When the truck left for the drop, and when the trip last went on, in milliseconds since 1970. */
  readonly startedAtMs: number | null;
  readonly movedAtMs: number | null;
  /** Wrong trip codes in a row, and until when no more are taken. */
  readonly wrongCodes: number;
  readonly codesLockedUntilMs: number | null;
}

/** P11: the assignment occupies its vehicle and its driver. */
const isUnderWaySql = (assignments: Sql) => sql`${assignments}.live_driver_id IS NOT NULL`;

/** What part the transporter of an offer has in its order, as fields of a JSON object. */
export const partInOrderSql = (offers: Sql) => sql`
  'holds', EXISTS (
    SELECT FROM weelo.holds AS h
    WHERE h.order_id = ${offers}.order_id AND h.transporter_id = ${offers}.transporter_id AND h.status = 'active'
  ),
  'drives', EXISTS (
    SELECT FROM weelo.assignments AS a
    WHERE a.order_id = ${offers}.order_id AND a.transporter_id = ${offers}.transporter_id
      AND ${isUnderWaySql(sql`a`)}
  )
`;

const inHand = sql`
  ${storedOrder}, clock_timestamp() AS read_at,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'transporterId', f.transporter_id, 'distanceKm', f.distance_km, 'toldKinds', f.told_kinds,
      ${partInOrderSql(sql`f`)}
    ) ORDER BY f.distance_km, f.transporter_id)
    FROM weelo.offers AS f WHERE f.order_id = o.id AND f.closed_at IS NULL
  ), '[]') AS offers,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'id', h.id, 'transporterId', h.transporter_id, 'vehicleKey', h.vehicle_key, 'quantity', h.quantity,
      'afterNo', h.after_no, 'expiresAtMs', floor(extract(epoch FROM h.expires_at) * 1000)
    ) ORDER BY h.expires_at, h.id)
    FROM weelo.holds AS h WHERE h.order_id = o.id AND h.status = 'active'
  ), '[]') AS holds,
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
      'id', a.id, 'truckRequestId', a.truck_request_id, 'holdId', a.hold_id, 'transporterId', a.transporter_id,
      'driverId', a.driver_id, 'driverName', driver.name, 'driverPhone', driver.phone,
      'vehicleId', a.vehicle_id, 'vehicleNumber', a.vehicle_number, 'status', a.status,
      'answerByMs', floor(extract(epoch FROM a.answer_by) * 1000), 'stays', ${staysSql(sql`a`)},
      'startedAtMs', floor(extract(epoch FROM a.started_at) * 1000),
      'movedAtMs', floor(extract(epoch FROM COALESCE(a.moved_at, a.accepted_at)) * 1000),
      'wrongCodes', a.wrong_codes, 'codesLockedUntilMs', floor(extract(epoch FROM a.codes_locked_until) * 1000)
    ) ORDER BY a.answer_by, a.id)
    FROM weelo.assignments AS a JOIN weelo.users AS driver ON driver.id = a.driver_id
    WHERE a.order_id = o.id AND ${isUnderWaySql(sql`a`)}
  ), '[]') AS assignments
`;

/** Reads an order that this transaction has locked. */
export async function readLocked(db: Database, orderId: string): Promise<OrderInHand | undefined> {
  const [order] = await db.$queryRaw<OrderInHand[]>(sql`
    SELECT ${inHand}
    FROM weelo.orders AS o JOIN weelo.users AS u ON u.id = o.customer_id
    WHERE o.id = ${orderId}::uuid
  `);
  return order;
}

/** P4: locks an order if the condition holds, in which `o` is its row. Answers its id. */
export async function lockOrderWhere(db: Database, condition: Sql): Promise<string | undefined> {
  const [order] = await db.$queryRaw<{ id: string }[]>(sql`
    SELECT o.id FROM weelo.orders AS o WHERE ${condition} FOR UPDATE OF o
  `);
  return order?.id;
}

/**
 * The same, and then locks the transporter: two use cases of one transporter must not count the same free truck. The
 * order is always locked first. Offers to the transporter can still be written meanwhile.
 */
export async function lockOrderFor(
  db: Database,
  transporterId: string,
  condition: Sql,
): Promise<string | undefined> {
  const [order] = await db.$queryRaw<{ id: string }[]>(sql`
    WITH locked AS MATERIALIZED (
      SELECT o.id FROM weelo.orders AS o WHERE ${condition} FOR UPDATE OF o
    )
    SELECT locked.id FROM locked CROSS JOIN weelo.users AS owner
    WHERE owner.id = ${transporterId}::uuid
    FOR NO KEY UPDATE OF owner
  `);
  return order?.id;
}

import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { TripDocuments } from '../../contract/http/trips/views.ts';
import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import { storedOrder, type WholeOrder } from '../order/order-row.ts';
import { documentsSql } from '../trips/documents-sql.ts';
import type { Stays } from '../stays/stay.ts';
import { staysSql } from '../stays/stays-sql.ts';

/** An assignment with its order. */
export interface AssignmentOfOrder extends WholeOrder {
  readonly assignment: AssignmentRow;
}

interface AssignmentRow {
  readonly id: string;
  readonly truckRequestId: string;
  readonly transporterId: string;
  readonly transporterName: string | null;
  readonly driverId: string;
  readonly driverName: string | null;
  readonly driverPhone: string;
  readonly vehicleId: string;
  readonly vehicleNumber: string;
  readonly status: AssignmentStatus;
  readonly reason: string | null;
  readonly assignedAtMs: number;
  readonly answerByMs: number;
  readonly acceptedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly stays: Stays;
  readonly documents: TripDocuments;
}

/** The status of an assignment, also if it has ended. */
export async function assignmentState(
  db: Database,
  assignmentId: string,
): Promise<AssignmentStatus> {
  const [found] = await db.$queryRaw<{ status: AssignmentStatus }[]>`
    SELECT status FROM weelo.assignments WHERE id = ${assignmentId}::uuid
  `;
  if (!found) throw new Error('An assignment whose order is locked is gone');
  return found.status;
}

const ms = (instant: Sql) => sql`floor(extract(epoch FROM ${instant}) * 1000)`;

function assignmentsWhere(condition: Sql, page: Sql): Sql {
  return sql`
    SELECT ${storedOrder}, jsonb_build_object(
      'id', a.id, 'truckRequestId', a.truck_request_id, 'transporterId', a.transporter_id,
      'transporterName', COALESCE(fleet.company, fleet.name), 'driverId', a.driver_id,
      'driverName', person.name, 'driverPhone', person.phone, 'vehicleId', a.vehicle_id,
      'vehicleNumber', a.vehicle_number, 'status', a.status, 'reason', a.reason,
      'assignedAtMs', ${ms(sql`a.created_at`)}, 'answerByMs', ${ms(sql`a.answer_by`)},
      'acceptedAtMs', ${ms(sql`a.accepted_at`)},
      'startedAtMs', ${ms(sql`a.started_at`)}, 'endedAtMs', ${ms(sql`a.ended_at`)},
      'stays', ${staysSql(sql`a`)}, 'documents', ${documentsSql(sql`papers`)}
    ) AS assignment
    FROM weelo.assignments AS a
    JOIN weelo.orders AS o ON o.id = a.order_id
    JOIN weelo.users AS u ON u.id = o.customer_id
    JOIN weelo.users AS fleet ON fleet.id = a.transporter_id
    JOIN weelo.users AS person ON person.id = a.driver_id
    LEFT JOIN weelo.trip_documents AS papers ON papers.trip_id = a.id
    WHERE ${condition} ORDER BY a.id DESC ${page}
  `;
}

/** P12: an assignment is found by its driver and by its transporter. */
export async function findAssignment(
  db: Database,
  { assignmentId, userId }: { readonly assignmentId: string; readonly userId: string },
): Promise<AssignmentOfOrder | undefined> {
  const isOwn = sql`
    a.id = ${assignmentId}::uuid AND ${userId}::uuid IN (a.driver_id, a.transporter_id)
  `;
  const [found] = await db.$queryRaw<AssignmentOfOrder[]>(assignmentsWhere(isOwn, sql`LIMIT 1`));
  return found;
}

/** The assignment that a driver is asked for, or on. P11: there is at most one. */
export function liveAssignmentsOf(
  db: Database,
  driverId: string,
): Promise<readonly AssignmentOfOrder[]> {
  const isLive = sql`a.live_driver_id = ${driverId}::uuid`;
  return db.$queryRaw<AssignmentOfOrder[]>(assignmentsWhere(isLive, sql`LIMIT 1`));
}

/** Which assignments of a driver. */
export interface OfDriver {
  readonly driverId: string;
  /** If empty: every status. */
  readonly statuses: readonly AssignmentStatus[];
  /** P12: only those for this transporter. Unset: a driver sees those for former ones, too. */
  readonly transporterId?: string | undefined;
}

const ofDriver = ({ driverId, statuses, transporterId }: OfDriver) => sql`
  a.driver_id = ${driverId}::uuid
  AND (cardinality(${[...statuses]}::weelo.assignment_status[]) = 0
       OR a.status = ANY (${[...statuses]}::weelo.assignment_status[]))
  AND (${transporterId ?? null}::uuid IS NULL OR a.transporter_id = ${transporterId ?? null}::uuid)
`;

/** A driver's assignments, newest first. */
export function assignmentsOf(
  db: Database,
  which: OfDriver,
  { skip, most }: { readonly skip: number; readonly most: number },
): Promise<readonly AssignmentOfOrder[]> {
  const page = sql`LIMIT ${most}::int OFFSET ${skip}::int`;
  return db.$queryRaw<AssignmentOfOrder[]>(assignmentsWhere(ofDriver(which), page));
}

export async function countAssignmentsOf(db: Database, which: OfDriver): Promise<number> {
  const [counted] = await db.$queryRaw<{ total: number }[]>(sql`
    SELECT count(*)::int AS total FROM weelo.assignments AS a WHERE ${ofDriver(which)}
  `);
  return counted?.total ?? 0;
}

/**
 * P6: the order of an assignment of a driver or a transporter that should have been answered by now. If one is named, it
 * is that one.
 */
export async function unansweredOrderOf(
  db: Database,
  userId: string,
  assignmentId: string | null = null,
): Promise<string | undefined> {
  const [found] = await db.$queryRaw<{ orderId: string }[]>`
    SELECT order_id AS "orderId" FROM weelo.assignments
    WHERE status = 'pending' AND answer_by <= clock_timestamp()
      AND ${userId}::uuid IN (driver_id, transporter_id)
      AND (${assignmentId}::uuid IS NULL OR id = ${assignmentId}::uuid)
    LIMIT 1
  `;
  return found?.orderId;
}

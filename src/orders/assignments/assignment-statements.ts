import { sql, type Sql } from '../../platform/postgres/postgres.ts';
import type { LiveAssignment } from '../order/locked-order.ts';

export interface AssignmentToWrite {
  readonly id: string;
  readonly truckRequestId: string;
  readonly driverId: string;
  readonly vehicleId: string;
  readonly vehicleNumber: string;
}

interface Common {
  readonly orderId: string;
  readonly holdId: string;
  readonly transporterId: string;
  readonly answerBy: Date;
}

/** These statements become parts of the statement that writes the transition. */
export function insertAssignments(
  assignments: readonly AssignmentToWrite[],
  { orderId, holdId, transporterId, answerBy }: Common,
): readonly Sql[] {
  const rows = JSON.stringify(assignments);
  const vehicleIds = assignments.map(({ vehicleId }) => vehicleId);
  return [
    sql`
      INSERT INTO weelo.assignments (
        id, order_id, truck_request_id, hold_id, transporter_id, driver_id, vehicle_id, vehicle_number,
        live_vehicle_id, live_driver_id, answer_by
      )
      SELECT a.id, ${orderId}::uuid, a."truckRequestId", ${holdId}::uuid, ${transporterId}::uuid,
             a."driverId", a."vehicleId", a."vehicleNumber", a."vehicleId", a."driverId", ${answerBy}
      FROM jsonb_to_recordset(${rows}::jsonb) AS a (
        id uuid, "truckRequestId" uuid, "driverId" uuid, "vehicleId" uuid, "vehicleNumber" text
      )
    `,
    setVehicles(vehicleIds, 'on_hold'),
  ];
}

/** An assignment that ends frees its driver and its vehicle. */
export function endAssignments(
  assignments: readonly LiveAssignment[],
  status: 'driver_declined' | 'timed_out' | 'cancelled',
  reason: string,
): readonly Sql[] {
  const ids = assignments.map(({ id }) => id);
  return [
    sql`
      UPDATE weelo.assignments
      SET status = ${status}::weelo.assignment_status, live_vehicle_id = NULL, live_driver_id = NULL,
          ended_at = clock_timestamp(), reason = ${reason}, updated_at = clock_timestamp()
      WHERE id = ANY (${ids}::uuid[])
    `,
    setVehicles(
      assignments.map(({ vehicleId }) => vehicleId),
      'available',
    ),
  ];
}

export function acceptAssignment({ id }: Pick<LiveAssignment, 'id'>): Sql {
  return sql`
    UPDATE weelo.assignments
    SET status = 'driver_accepted', accepted_at = clock_timestamp(), moved_at = clock_timestamp(),
        updated_at = clock_timestamp()
    WHERE id = ${id}::uuid
  `;
}

function setVehicles(ids: readonly string[], status: 'on_hold' | 'available'): Sql {
  return sql`
    UPDATE weelo.vehicles
    SET status = ${status}::weelo.vehicle_status, last_status_change = clock_timestamp(),
        updated_at = clock_timestamp()
    WHERE id = ANY (${[...ids]}::uuid[])
  `;
}

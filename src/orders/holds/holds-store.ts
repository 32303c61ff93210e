import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';

interface WhichHold {
  readonly holdId: string;
  readonly transporterId: string;
}

/** P12: for locking the order of a hold: another transporter's hold is not found. */
export const ofHold = ({ holdId, transporterId }: WhichHold) => sql`
  o.id = (
    SELECT h.order_id FROM weelo.holds AS h
    WHERE h.id = ${holdId}::uuid AND h.transporter_id = ${transporterId}::uuid
  )
`;

export interface HoldRow {
  readonly id: string;
  readonly status: 'active' | 'confirmed' | 'released' | 'lapsed' | 'cancelled';
  readonly assignments: readonly {
    readonly id: string;
    readonly vehicleId: string;
    readonly driverId: string;
    readonly status: AssignmentStatus;
  }[];
}

/** A hold whose order is locked, also if it has ended, with the assignments that were made from it. */
export async function holdOf(db: Database, holdId: string): Promise<HoldRow> {
  const [hold] = await db.$queryRaw<HoldRow[]>`
    SELECT h.id, h.status, COALESCE((
      SELECT jsonb_agg(jsonb_build_object(
        'id', a.id, 'vehicleId', a.vehicle_id, 'driverId', a.driver_id, 'status', a.status
      ) ORDER BY a.id)
      FROM weelo.assignments AS a WHERE a.hold_id = h.id
    ), '[]') AS assignments
    FROM weelo.holds AS h WHERE h.id = ${holdId}::uuid
  `;
  if (!hold) throw new Error('A hold whose order is locked is gone');
  return hold;
}

interface ActiveHold {
  readonly id: string;
  readonly quantity: number;
  readonly after_no: boolean;
  readonly expires_at: Date;
}

/** The active hold that ends first. P6: one whose time is over does not count. */
export async function activeHoldOf(
  db: Database,
  which: { readonly orderId: string; readonly transporterId: string; readonly vehicleKey: string },
): Promise<ActiveHold | undefined> {
  const [hold] = await db.$queryRaw<ActiveHold[]>`
    SELECT id, quantity, after_no, expires_at FROM weelo.holds
    WHERE order_id = ${which.orderId}::uuid AND transporter_id = ${which.transporterId}::uuid
      AND vehicle_key = ${which.vehicleKey} AND status = 'active' AND expires_at > clock_timestamp()
    ORDER BY expires_at, id LIMIT 1
  `;
  return hold;
}

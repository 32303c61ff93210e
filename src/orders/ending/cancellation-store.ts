import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { CancellationTerms, FeeRow } from './cancellation.ts';

/** Who is part of an order that is cancelled. */
export interface EndedWith {
  /** Who had an offer, a hold or an assignment. */
  readonly transporters: readonly string[];
  /** Those of them whose trucks were held or assigned. */
  readonly occupied: readonly string[];
  readonly drivers: number;
  readonly assignments: number;
}

interface CancellationRow extends CancellationTerms {
  readonly reason: string | null;
  readonly created_at: Date;
  readonly assignments_cancelled: number;
  readonly transporters_told: number;
  readonly drivers_told: number;
}

/** Becomes a part of the statement that writes the transition. */
export function insertCancellation(
  orderId: string,
  reason: string | null,
  { stage, fee }: Omit<CancellationTerms, 'rows'>,
  { transporters, drivers, assignments }: EndedWith,
): Sql {
  return sql`
    INSERT INTO weelo.cancellations (
      order_id, reason, stage, fee, assignments_cancelled, transporters_told, drivers_told
    )
    VALUES (
      ${orderId}::uuid, ${reason}, ${stage}, ${fee}::int, ${assignments}::int, ${transporters.length}::int,
      ${drivers}::int
    )
  `;
}

/** One row for each truck that is cancelled. */
export function insertFees(orderId: string, rows: readonly FeeRow[]): Sql {
  return sql`
    INSERT INTO weelo.cancellation_fees (truck_request_id, order_id, stage, waited_minutes, fee)
    SELECT r."truckRequestId", ${orderId}::uuid, r.stage, r."waitingMinutes", r.fee
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (
      "truckRequestId" uuid, stage text, "waitingMinutes" int, fee int
    )
  `;
}

export async function findCancellation(
  db: Database,
  orderId: string,
): Promise<CancellationRow | undefined> {
  const [cancellation] = await db.$queryRaw<CancellationRow[]>`
    SELECT c.reason, c.stage, c.fee, c.created_at, c.assignments_cancelled, c.transporters_told, c.drivers_told,
      COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
          'truckRequestId', f.truck_request_id, 'stage', f.stage, 'waitingMinutes', f.waited_minutes, 'fee', f.fee
        ) ORDER BY t.number)
        FROM weelo.cancellation_fees AS f JOIN weelo.truck_requests AS t ON t.id = f.truck_request_id
        WHERE f.order_id = c.order_id
      ), '[]') AS rows
    FROM weelo.cancellations AS c
    WHERE c.order_id = ${orderId}::uuid
  `;
  return cancellation;
}

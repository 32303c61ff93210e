import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { CancellationTerms } from './cancellation.ts';

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
  { stage, fee }: CancellationTerms,
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

export async function findCancellation(
  db: Database,
  orderId: string,
): Promise<CancellationRow | undefined> {
  const [cancellation] = await db.$queryRaw<CancellationRow[]>`
    SELECT reason, stage, fee, created_at, assignments_cancelled, transporters_told, drivers_told
    FROM weelo.cancellations
    WHERE order_id = ${orderId}::uuid
  `;
  return cancellation;
}

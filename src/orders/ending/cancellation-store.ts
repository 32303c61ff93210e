import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';
import type { CancellationTerms } from './cancellation.ts';

interface CancellationRow extends CancellationTerms {
  readonly reason: string | null;
  readonly created_at: Date;
}

/** Becomes a part of the statement that writes the transition. */
export function insertCancellation(
  orderId: string,
  reason: string | null,
  { stage, fee }: CancellationTerms,
): Sql {
  return sql`
    INSERT INTO weelo.cancellations (order_id, reason, stage, fee)
    VALUES (${orderId}::uuid, ${reason}, ${stage}, ${fee}::int)
  `;
}

export async function findCancellation(
  db: Database,
  orderId: string,
): Promise<CancellationRow | undefined> {
  const [cancellation] = await db.$queryRaw<CancellationRow[]>`
    SELECT reason, stage, fee, created_at FROM weelo.cancellations
    WHERE order_id = ${orderId}::uuid
  `;
  return cancellation;
}

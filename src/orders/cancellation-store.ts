import type { Database } from '../platform/postgres.ts';
import type { CancellationTerms } from './cancellation.ts';

interface CancellationRow extends CancellationTerms {
  readonly reason: string | null;
  readonly created_at: Date;
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

import type { CancellationStage } from '../../contract/http/orders/views.ts';
import type { Database } from '../../platform/postgres/postgres.ts';

interface Dispute {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly reasonCode: string;
  readonly notes: string | null;
  readonly stage: CancellationStage;
}

/** Writes a dispute, unless the order has one. Answers the one that it has then. */
export async function openDispute(
  db: Database,
  { id, orderId, customerId, reasonCode, notes, stage }: Dispute,
): Promise<Pick<Dispute, 'id' | 'stage'>> {
  const [dispute] = await db.$queryRaw<Pick<Dispute, 'id' | 'stage'>[]>`
    INSERT INTO weelo.disputes AS d (id, order_id, customer_id, reason_code, notes, stage)
    VALUES (${id}::uuid, ${orderId}::uuid, ${customerId}::uuid, ${reasonCode}, ${notes}, ${stage})
    ON CONFLICT (order_id) DO UPDATE SET reason_code = d.reason_code
    RETURNING d.id, d.stage
  `;
  if (!dispute) throw new Error('A dispute left no row behind');
  return dispute;
}

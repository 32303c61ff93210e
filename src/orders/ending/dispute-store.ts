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

/** A dispute that waits for an operator, and whom to call. */
interface OpenDispute extends Omit<Dispute, 'id'> {
  readonly disputeId: string;
  readonly customerName: string | null;
  readonly customerPhone: string;
  readonly openedAt: Date;
}

/** The disputes that nobody has settled, the oldest first. */
export function openDisputes(db: Database, most: number): Promise<readonly OpenDispute[]> {
  return db.$queryRaw<OpenDispute[]>`
    SELECT d.id AS "disputeId", d.order_id AS "orderId", d.customer_id AS "customerId", u.name AS "customerName",
           u.phone AS "customerPhone", d.stage, d.reason_code AS "reasonCode", d.notes, d.created_at AS "openedAt"
    FROM weelo.disputes AS d JOIN weelo.users AS u ON u.id = d.customer_id
    WHERE d.settled_at IS NULL
    ORDER BY d.created_at, d.id
    LIMIT ${most}::int
  `;
}

interface Settled {
  readonly disputeId: string;
  readonly orderId: string;
  readonly settledAt: Date;
  readonly settlement: string;
}

/** Writes what came of a dispute. One that is settled stays as it is. Answers nothing if there is no such dispute. */
export async function closeDispute(
  db: Database,
  { disputeId, settlement, at }: Pick<Settled, 'disputeId' | 'settlement'> & { readonly at: Date },
): Promise<Settled | undefined> {
  const [settled] = await db.$queryRaw<Settled[]>`
    UPDATE weelo.disputes SET
      settlement = COALESCE(settlement, ${settlement}), settled_at = COALESCE(settled_at, ${at})
    WHERE id = ${disputeId}::uuid
    RETURNING id AS "disputeId", order_id AS "orderId", settled_at AS "settledAt", settlement
  `;
  return settled;
}

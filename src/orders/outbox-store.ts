import type { Database } from '../platform/postgres.ts';

/** P8: an event as it waits to be told: which queue, and the message as it will stand there. */
export interface OutboxRow {
  readonly id: string;
  readonly queue: 'dispatch' | 'notify';
  readonly message: object;
}

/** Locks events that nobody has relayed, though whoever wrote them had time to. */
export function lockUnrelayed(
  db: Database,
  most: number,
): Promise<readonly (OutboxRow & { readonly created_at: Date })[]> {
  return db.$queryRaw<(OutboxRow & { readonly created_at: Date })[]>`
    SELECT id, queue, message, created_at FROM weelo.outbox
    WHERE relayed_at IS NULL AND created_at < clock_timestamp() - interval '5 seconds'
    ORDER BY created_at
    LIMIT ${most}::int
    FOR UPDATE SKIP LOCKED
  `;
}

export async function noteRelayed(db: Database, ids: readonly string[]): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.outbox SET relayed_at = clock_timestamp() WHERE id = ANY (${[...ids]}::uuid[])
  `;
}

/** Removes events that were relayed over a day ago: no consumer's memory is longer. */
export function forgetRelayed(db: Database, most: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM weelo.outbox WHERE id IN (
      SELECT id FROM weelo.outbox WHERE relayed_at < now() - interval '1 day'
      LIMIT ${most}::int FOR UPDATE SKIP LOCKED
    )
  `;
}

import { sql, type Database } from '../postgres/postgres.ts';
import type { OutboxEvent } from './events.ts';

/**
 * Locks events that were not sent, though the function that wrote them has had enough time. If `orderId` is given, only
 * those of that order.
 */
export function lockUnrelayed(
  db: Database,
  most: number,
  orderId: string | null = null,
): Promise<readonly (OutboxEvent & { readonly created_at: Date })[]> {
  return db.$queryRaw<(OutboxEvent & { readonly created_at: Date })[]>`
    SELECT id, queue, message, created_at FROM weelo.outbox
    WHERE relayed_at IS NULL AND parked_at IS NULL AND created_at < clock_timestamp() - interval '5 seconds'
      AND (${orderId}::uuid IS NULL OR order_id = ${orderId}::uuid)
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

/** An event that waits for an operator, because its queue refuses it for its content. */
export interface ParkedEvent {
  readonly id: string;
  /** Set if it is an event of an order. */
  readonly orderId: string | null;
  /** The queue's own name for the reason. */
  readonly parkedFor: string;
  readonly parkedAt: Date;
}

const parked = sql`id, order_id AS "orderId", parked_for AS "parkedFor", parked_at AS "parkedAt"`;

export function noteParked(
  db: Database,
  refused: readonly { readonly event: string; readonly reason: string }[],
): Promise<readonly ParkedEvent[]> {
  return db.$queryRaw<ParkedEvent[]>(sql`
    WITH refused AS (SELECT * FROM jsonb_to_recordset(${JSON.stringify(refused)}::jsonb) AS r (event uuid, reason text))
    UPDATE weelo.outbox SET parked_at = clock_timestamp(), parked_for = reason
    FROM refused WHERE id = event
    RETURNING ${parked}
  `);
}

export function parkedEvents(db: Database, most: number): Promise<readonly ParkedEvent[]> {
  return db.$queryRaw<ParkedEvent[]>(sql`
    SELECT ${parked} FROM weelo.outbox
    WHERE parked_at IS NOT NULL AND relayed_at IS NULL
    ORDER BY parked_at LIMIT ${most}::int
  `);
}

export interface Unsent {
  /** Events that their queue has not taken yet. */
  readonly waiting: number;
  /** How long the oldest of them has waited. */
  readonly oldestSeconds: number;
  /** Events that wait for an operator. */
  readonly parked: number;
}

export async function countUnsent(db: Database): Promise<Unsent> {
  const [counted] = await db.$queryRaw<Unsent[]>`
    SELECT count(*) FILTER (WHERE parked_at IS NULL)::int AS waiting,
           COALESCE(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)::float8
             AS "oldestSeconds",
           count(*) FILTER (WHERE parked_at IS NOT NULL)::int AS parked
    FROM weelo.outbox WHERE relayed_at IS NULL
  `;
  return counted ?? { waiting: 0, oldestSeconds: 0, parked: 0 };
}

/** The next run of the reconciler sends these events, or parks them again. */
export function releaseParked(db: Database, ids: readonly string[]): Promise<number> {
  return db.$executeRaw`
    UPDATE weelo.outbox SET parked_at = NULL, parked_for = NULL
    WHERE id = ANY (${[...ids]}::uuid[]) AND parked_at IS NOT NULL AND relayed_at IS NULL
  `;
}

/** Marks events as sent, though they were not. They are then deleted together with those that were sent. */
export function dropParked(db: Database, ids: readonly string[]): Promise<number> {
  return db.$executeRaw`
    UPDATE weelo.outbox SET relayed_at = clock_timestamp()
    WHERE id = ANY (${[...ids]}::uuid[]) AND parked_at IS NOT NULL AND relayed_at IS NULL
  `;
}

/** Deletes events that were sent more than a day ago. No consumer remembers events for longer. */
export function forgetRelayed(db: Database, most: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM weelo.outbox WHERE id IN (
      SELECT id FROM weelo.outbox WHERE relayed_at < now() - interval '1 day'
      LIMIT ${most}::int FOR UPDATE SKIP LOCKED
    )
  `;
}

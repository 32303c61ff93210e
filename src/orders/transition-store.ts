import type { OrderStatus, TruckStatus } from '../contract/orders.ts';
import type { Database } from '../platform/postgres.ts';
import type { SearchReason } from './order.ts';
import type { OutboxRow } from './outbox-store.ts';

/** What becomes of an order that is locked, decided by the rules, and what must be told of it. */
export interface Transition {
  readonly orderId: string;
  /** One more than the order had. */
  readonly eventVersion: number;
  readonly status: OrderStatus;
  readonly closesSearch: boolean;
  readonly claimed: number;
  readonly filled: number;
  readonly reasonCode: SearchReason | null;
  /** Only those that change. */
  readonly trucks: readonly { readonly id: string; readonly status: TruckStatus }[];
  readonly event: OutboxRow;
  readonly cancellation?: {
    readonly reason: string | null;
    readonly stage: string;
    readonly fee: number;
  };
}

/** P8: writes transitions of locked orders, each with its event, in one statement. */
export async function writeTransitions(
  db: Database,
  transitions: readonly Transition[],
): Promise<void> {
  const orders = transitions.map(({ event, cancellation, ...order }) => ({
    ...order,
    trucks: undefined,
    eventId: event.id,
    queue: event.queue,
    message: event.message,
    cancelled: cancellation !== undefined,
    ...cancellation,
  }));
  const trucks = transitions.flatMap((transition) => transition.trucks);
  const changed = await db.$executeRaw`
    WITH change AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) AS c (
        "orderId" uuid, "eventVersion" int, status weelo.order_status, "closesSearch" boolean,
        claimed int, filled int, "reasonCode" text, "eventId" uuid, queue text, message jsonb,
        cancelled boolean, reason text, stage text, fee int
      )
    ), trucks AS (
      UPDATE weelo.truck_requests AS t SET status = c.status, updated_at = clock_timestamp()
      FROM jsonb_to_recordset(${JSON.stringify(trucks)}::jsonb) AS c (id uuid, status weelo.truck_status)
      WHERE t.id = c.id
    ), told AS (
      INSERT INTO weelo.outbox (id, order_id, event_version, queue, message)
      SELECT "eventId", "orderId", "eventVersion", queue, message FROM change
    ), cancelled AS (
      INSERT INTO weelo.cancellations (order_id, reason, stage, fee)
      SELECT "orderId", reason, stage, fee FROM change WHERE cancelled
    )
    UPDATE weelo.orders AS o
    SET status = c.status, claimed = c.claimed, filled = c.filled, event_version = c."eventVersion",
        search_closed_at = CASE WHEN c."closesSearch" THEN COALESCE(o.search_closed_at, clock_timestamp())
                                ELSE o.search_closed_at END,
        reason_code = COALESCE(c."reasonCode", o.reason_code), updated_at = clock_timestamp()
    FROM change AS c
    WHERE o.id = c."orderId" AND o.event_version = c."eventVersion" - 1
  `;
  if (changed !== transitions.length) {
    throw new Error('An order was changed by somebody who did not lock it');
  }
}

import { sql, type Sql } from '../../platform/postgres/postgres.ts';

/** A hold, before it is written. */
export interface HoldToWrite {
  readonly id: string;
  readonly orderId: string;
  readonly transporterId: string;
  readonly vehicleKey: string;
  readonly quantity: number;
  readonly afterNo: boolean;
  readonly idempotencyKey: string | null;
  readonly expiresAt: Date;
  /** `confirmed`: its trucks are assigned in the same moment. Default: `active`. */
  readonly status?: 'active' | 'confirmed';
}

/** These statements become parts of the statement that writes the transition. */
export function insertHold({ status = 'active', ...hold }: HoldToWrite): Sql {
  return sql`
    INSERT INTO weelo.holds (
      id, order_id, transporter_id, vehicle_key, quantity, after_no, idempotency_key, expires_at, status,
      ended_at
    )
    VALUES (
      ${hold.id}::uuid, ${hold.orderId}::uuid, ${hold.transporterId}::uuid, ${hold.vehicleKey},
      ${hold.quantity}::int, ${hold.afterNo}::boolean, ${hold.idempotencyKey}, ${hold.expiresAt},
      ${status}::weelo.hold_status, CASE WHEN ${status} <> 'active' THEN clock_timestamp() END
    )
  `;
}

export function endHolds(
  holds: readonly { readonly id: string }[],
  status: 'confirmed' | 'released' | 'lapsed' | 'cancelled',
): Sql {
  return sql`
    UPDATE weelo.holds SET status = ${status}::weelo.hold_status, ended_at = clock_timestamp()
    WHERE id = ANY (${holds.map(({ id }) => id)}::uuid[]) AND status = 'active'
  `;
}

import type { Sql } from './order-invariants.ts';

/** Something that an answer said, and that must be true in PostgreSQL. */
export interface Claim {
  readonly says: keyof typeof truths;
  readonly orderId: string;
  readonly transporterId?: string;
  readonly holdId?: string;
  readonly assignmentId?: string;
  readonly vehicleId?: string;
  readonly driverId?: string;
  readonly quantity?: number;
}

const truths = {
  'the trucks are held': `
    h.order_id = o.id AND h.transporter_id = c."transporterId" AND h.quantity = c.quantity
    AND f.answer = 'accepted' AND CASE h.status
      WHEN 'lapsed' THEN h.ended_at >= h.expires_at
      WHEN 'released' THEN h.id = ANY ($2::uuid[])
      WHEN 'cancelled' THEN o.status = 'cancelled'
      ELSE true
    END`,
  'the truck is assigned': `
    a.order_id = o.id AND a.transporter_id = c."transporterId" AND a.hold_id = COALESCE(c."holdId", a.hold_id)
    AND a.vehicle_id = COALESCE(c."vehicleId", a.vehicle_id) AND a.driver_id = COALESCE(c."driverId", a.driver_id)`,
  'the hold is released': `h.status NOT IN ('active', 'confirmed')`,
  'the offer is declined': `f.closed_at IS NOT NULL AND f.answer IS NOT NULL`,
  'the driver has accepted': `a.accepted_at IS NOT NULL`,
  'the driver has declined': `a.status = 'driver_declined'`,
  'the trip is given up': `a.status = 'cancelled'`,
  'the order is cancelled': `o.status = 'cancelled'`,
  'the order has expired': `o.status = 'expired'`,
  ORDER_INACTIVE: `o.search_closed_at IS NOT NULL`,
  ORDER_NOT_FOUND: `f.closed_at IS NOT NULL`,
  ALREADY_HOLDING: `EXISTS (
    SELECT FROM weelo.holds AS mine WHERE mine.order_id = o.id AND mine.transporter_id = c."transporterId"
  )`,
  HOLDS_LIMITED: `(
    SELECT count(*) FROM weelo.holds AS mine
    WHERE mine.transporter_id = c."transporterId" AND mine.status = 'lapsed' AND mine.ended_at > now() - interval '1 hour'
  ) >= 2`,
  HOLD_EXPIRED: `h.status NOT IN ('active', 'confirmed')`,
  TRUCK_STATE_CHANGED: `h.status = 'confirmed'`,
  ASSIGNMENT_TIMED_OUT: `a.status = 'timed_out'`,
  INVALID_ASSIGNMENT_STATE: `a.status NOT IN ('pending', 'timed_out')`,
  // Whoever answers too late hears of the time-out; whoever gives up then, only that there is nothing left to give up.
  'there is nothing to give up': `a.status NOT IN ('pending', 'cancelled')`,
} as const;

/** Answers that are not true. `released`: the holds that were to be released. */
export async function untrueClaims(
  sql: Sql,
  claims: readonly Claim[],
  released: readonly string[],
): Promise<readonly string[]> {
  const cases = Object.entries(truths).map(([says, truth]) => `WHEN '${says}' THEN ${truth}`);
  const found = await sql<{ untrue: string }>(
    `SELECT 'It was answered, and is not so: ' || to_jsonb(c)::text || ' ' || concat_ws(' ', h.status, a.status, o.status) AS untrue
     FROM jsonb_to_recordset($1::jsonb) AS c (
       says text, "orderId" uuid, "transporterId" uuid, "holdId" uuid, "assignmentId" uuid, "vehicleId" uuid,
       "driverId" uuid, quantity int
     )
     LEFT JOIN weelo.orders AS o ON o.id = c."orderId"
     LEFT JOIN weelo.offers AS f ON f.order_id = o.id AND f.transporter_id = c."transporterId"
     LEFT JOIN weelo.holds AS h ON h.id = c."holdId"
     LEFT JOIN weelo.assignments AS a ON a.id = c."assignmentId"
     WHERE COALESCE(CASE c.says ${cases.join(' ')} END, false) = false`,
    [JSON.stringify(claims), released],
  );
  return found.map(({ untrue }) => untrue);
}

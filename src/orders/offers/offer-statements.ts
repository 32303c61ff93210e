import { sql, type Database, type Sql } from '../../platform/postgres/postgres.ts';

/** These statements become parts of the statement that writes the transition. */

export interface OfferToMake {
  readonly transporterId: string;
  readonly distanceKm: number;
  readonly toldKinds: readonly string[];
}

export function insertOffers(orderId: string, wave: number, offers: readonly OfferToMake[]): Sql {
  return sql`
    INSERT INTO weelo.offers (order_id, transporter_id, wave, distance_km, told_kinds)
    SELECT ${orderId}::uuid, f."transporterId", ${wave}::int, f."distanceKm", f."toldKinds"
    FROM jsonb_to_recordset(${JSON.stringify(offers)}::jsonb) AS f (
      "transporterId" uuid, "distanceKm" float8, "toldKinds" text[]
    )
  `;
}

/** Which kinds these transporters were told. */
export function updateToldKinds(
  orderId: string,
  offers: readonly Pick<OfferToMake, 'transporterId' | 'toldKinds'>[],
): Sql {
  return sql`
    UPDATE weelo.offers AS f SET told_kinds = told."toldKinds"
    FROM jsonb_to_recordset(${JSON.stringify(offers)}::jsonb) AS told (
      "transporterId" uuid, "toldKinds" text[]
    )
    WHERE f.order_id = ${orderId}::uuid AND f.transporter_id = told."transporterId"
  `;
}

interface WhichOffer {
  readonly orderId: string;
  readonly transporterId: string;
}

/** Noted with the first hold. A transporter who then declines has declined. */
export function acceptOffer({ orderId, transporterId }: WhichOffer): Sql {
  return sql`
    UPDATE weelo.offers
    SET answer = 'accepted', answered_at = COALESCE(answered_at, clock_timestamp())
    WHERE order_id = ${orderId}::uuid AND transporter_id = ${transporterId}::uuid
  `;
}

export function declineOffer({ orderId, transporterId }: WhichOffer, reason: string | null): Sql {
  return sql`
    UPDATE weelo.offers
    SET answer = 'declined', answered_at = clock_timestamp(), reason = ${reason}, closed_at = clock_timestamp()
    WHERE order_id = ${orderId}::uuid AND transporter_id = ${transporterId}::uuid
  `;
}

export function closeOffer({ orderId, transporterId }: WhichOffer): Sql {
  return sql`
    UPDATE weelo.offers SET closed_at = COALESCE(closed_at, clock_timestamp())
    WHERE order_id = ${orderId}::uuid AND transporter_id = ${transporterId}::uuid
  `;
}

interface Delivery {
  readonly orderId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly delivered: readonly string[];
  readonly seen: readonly string[];
  readonly pushed: readonly string[];
}

/** Notes what became of offers. The first time counts. */
export async function noteDelivery(
  db: Database,
  { orderId, at, delivered, seen, pushed }: Delivery,
): Promise<void> {
  await db.$executeRaw`
    UPDATE weelo.offers AS f
    SET delivered_at = CASE WHEN f.transporter_id = ANY (${[...delivered]}::uuid[])
                            THEN COALESCE(f.delivered_at, ${at}::timestamptz) ELSE f.delivered_at END,
        seen_at = CASE WHEN f.transporter_id = ANY (${[...seen]}::uuid[])
                       THEN COALESCE(f.seen_at, ${at}::timestamptz) ELSE f.seen_at END,
        pushed_at = CASE WHEN f.transporter_id = ANY (${[...pushed]}::uuid[])
                         THEN COALESCE(f.pushed_at, ${at}::timestamptz) ELSE f.pushed_at END
    WHERE f.order_id = ${orderId}::uuid
      AND f.transporter_id = ANY (${[...delivered, ...seen, ...pushed]}::uuid[])
  `;
}

import type { TripDocuments } from '../../contract/http/trips/views.ts';
import { documentsSql } from '../../orders/trips/documents-sql.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';

/** What is unset stays as it is, and null clears. */
export interface DocumentsToWrite {
  readonly eWayBillNumber?: string | null | undefined;
  readonly eWayBillExpiresAt?: string | null | undefined;
  readonly lorryReceiptNumber?: string | null | undefined;
  readonly invoiceNumber?: string | null | undefined;
}

/**
 * Writes papers of a trip, and answers all that it has then. P12: only the customer of the order and the transporter of
 * the trip find it. An e-way bill with another expiry is told of again.
 */
export async function writeDocuments(
  db: Database,
  { tripId, userId }: { readonly tripId: string; readonly userId: string },
  documents: DocumentsToWrite,
): Promise<TripDocuments | undefined> {
  const { eWayBillNumber, eWayBillExpiresAt, lorryReceiptNumber, invoiceNumber } = documents;
  const [written] = await db.$queryRaw<{ documents: TripDocuments }[]>(sql`
    INSERT INTO weelo.trip_documents AS d (
      trip_id, e_way_bill_number, e_way_bill_expires_at, lorry_receipt_number, invoice_number, updated_by, updated_at
    )
    SELECT a.id, ${eWayBillNumber ?? null}, ${eWayBillExpiresAt ?? null}::timestamptz,
           ${lorryReceiptNumber ?? null}, ${invoiceNumber ?? null}, ${userId}::uuid, clock_timestamp()
    FROM weelo.assignments AS a JOIN weelo.orders AS o ON o.id = a.order_id
    WHERE a.id = ${tripId}::uuid AND ${userId}::uuid IN (a.transporter_id, o.customer_id)
    ON CONFLICT (trip_id) DO UPDATE
    SET e_way_bill_number = CASE WHEN ${eWayBillNumber !== undefined}
          THEN excluded.e_way_bill_number ELSE d.e_way_bill_number END,
        e_way_bill_expires_at = CASE WHEN ${eWayBillExpiresAt !== undefined}
          THEN excluded.e_way_bill_expires_at ELSE d.e_way_bill_expires_at END,
        lorry_receipt_number = CASE WHEN ${lorryReceiptNumber !== undefined}
          THEN excluded.lorry_receipt_number ELSE d.lorry_receipt_number END,
        invoice_number = CASE WHEN ${invoiceNumber !== undefined}
          THEN excluded.invoice_number ELSE d.invoice_number END,
        expiry_told_at = CASE
          WHEN ${eWayBillExpiresAt !== undefined}
            AND excluded.e_way_bill_expires_at IS DISTINCT FROM d.e_way_bill_expires_at
          THEN NULL ELSE d.expiry_told_at END,
        updated_by = excluded.updated_by, updated_at = excluded.updated_at
    RETURNING ${documentsSql(sql`d`)} AS documents
  `);
  return written?.documents;
}

/** An e-way bill that is about to expire on the road. */
export interface ExpiringBill {
  readonly tripId: string;
  readonly orderId: string;
  readonly eventVersion: number;
  readonly customerId: string;
  readonly transporterId: string;
  readonly vehicleNumber: string;
  readonly number: string | null;
  readonly expiresAt: Date;
}

/**
 * Marks e-way bills of trips under way that expire within so many hours as told, once, and answers which. Those that
 * another run, or somebody who writes papers, has locked are left to the next run.
 */
export function takeExpiringBills(
  db: Database,
  { hours, most }: { readonly hours: number; readonly most: number },
): Promise<readonly ExpiringBill[]> {
  return db.$queryRaw<ExpiringBill[]>(sql`
    WITH expiring AS MATERIALIZED (
      SELECT d.trip_id, a.order_id, a.transporter_id, a.vehicle_number
      FROM weelo.trip_documents AS d JOIN weelo.assignments AS a ON a.id = d.trip_id
      WHERE d.expiry_told_at IS NULL AND d.e_way_bill_expires_at > clock_timestamp()
        AND d.e_way_bill_expires_at <= clock_timestamp() + ${hours}::int * interval '1 hour'
        AND a.live_driver_id IS NOT NULL
      ORDER BY d.e_way_bill_expires_at
      LIMIT ${most}::int
      FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE weelo.trip_documents AS d SET expiry_told_at = clock_timestamp()
    FROM expiring AS e JOIN weelo.orders AS o ON o.id = e.order_id
    WHERE d.trip_id = e.trip_id
    RETURNING d.trip_id AS "tripId", o.id AS "orderId", o.event_version AS "eventVersion",
              o.customer_id AS "customerId", e.transporter_id AS "transporterId",
              e.vehicle_number AS "vehicleNumber", d.e_way_bill_number AS number,
              d.e_way_bill_expires_at AS "expiresAt"
  `);
}

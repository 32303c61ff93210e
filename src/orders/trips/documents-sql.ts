import { sql, type Sql } from '../../platform/postgres/postgres.ts';

/** An instant as the apps parse it. */
const instant = (at: Sql) =>
  sql`to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The papers of a trip, as a JSON object. Before anybody has written any, every field is null. */
export const documentsSql = (papers: Sql) => sql`jsonb_build_object(
  'eWayBillNumber', ${papers}.e_way_bill_number,
  'eWayBillExpiresAt', ${instant(sql`${papers}.e_way_bill_expires_at`)},
  'lorryReceiptNumber', ${papers}.lorry_receipt_number,
  'invoiceNumber', ${papers}.invoice_number,
  'updatedAt', ${instant(sql`${papers}.updated_at`)}
)`;

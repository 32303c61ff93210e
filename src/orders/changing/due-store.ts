import type { Database } from '../../platform/postgres/postgres.ts';

/** Orders with a hold or an assignment whose time is over, the latest first: earlier ones have been tried already. */
export async function ordersWithDue(db: Database, most: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ orderId: string }[]>`
    SELECT due.order_id AS "orderId", max(due.at) FROM (
      SELECT order_id, expires_at AS at FROM weelo.holds
      WHERE status = 'active' AND expires_at <= clock_timestamp()
      UNION ALL
      SELECT order_id, answer_by FROM weelo.assignments
      WHERE status = 'pending' AND answer_by <= clock_timestamp()
    ) AS due
    GROUP BY due.order_id ORDER BY max(due.at) DESC
    LIMIT ${most}::int
  `;
  return rows.map(({ orderId }) => orderId);
}

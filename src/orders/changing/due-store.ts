import { sql, type Database } from '../../platform/postgres/postgres.ts';
import { isOverdueSql } from '../order/order-row.ts';

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

interface Overdue {
  readonly searches: number;
  readonly holds: number;
  readonly answers: number;
  /** How long ago the oldest of them should have ended. */
  readonly oldestSeconds: number;
}

export async function countOverdue(db: Database): Promise<Overdue> {
  const [counted] = await db.$queryRaw<Overdue[]>(sql`
    SELECT count(*) FILTER (WHERE what = 'search')::int AS searches,
           count(*) FILTER (WHERE what = 'hold')::int AS holds,
           count(*) FILTER (WHERE what = 'answer')::int AS answers,
           COALESCE(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS "oldestSeconds"
    FROM (
      SELECT 'search' AS what, o.search_deadline AS at FROM weelo.orders AS o WHERE ${isOverdueSql(sql`o`)}
      UNION ALL
      SELECT 'hold', expires_at FROM weelo.holds WHERE status = 'active' AND expires_at <= clock_timestamp()
      UNION ALL
      SELECT 'answer', answer_by FROM weelo.assignments
      WHERE status = 'pending' AND answer_by <= clock_timestamp()
    ) AS overdue
  `);
  if (!counted) throw new Error('A count has one row');
  return counted;
}

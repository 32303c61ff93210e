import type { OrderStatus, TruckStatus } from '../../../src/contract/http/orders/views.ts';
import { statusOf } from '../../../src/orders/order/order.ts';

export type Sql = <Row>(text: string, values?: unknown[]) => Promise<readonly Row[]>;

/** What is not as it was promised to these customers, in a sentence each; it asks PostgreSQL alone. */
export async function brokenPromises(
  sql: Sql,
  customers: readonly { readonly id: string }[],
): Promise<readonly string[]> {
  const ids = customers.map(({ id }) => id);
  const [found, orders] = await Promise.all([
    sql<{ broken: string }>(`${theirs} ${whatContradicts}`, [ids]),
    sql<StoredOrder>(`${theirs} ${everyOrder}`, [ids]),
  ]);
  return [...found.map(({ broken }) => broken), ...orders.flatMap(contradictionsIn)];
}

const theirs = 'WITH theirs AS (SELECT * FROM weelo.orders WHERE customer_id = ANY ($1::uuid[]))';

const whatContradicts = `
  SELECT 'P1: customer ' || customer_id || ' has ' || count(*) || ' open searches' AS broken
  FROM theirs WHERE search_closed_at IS NULL
  GROUP BY customer_id HAVING count(*) > 1
UNION ALL
  SELECT 'P2: key ' || idempotency_key || ' made ' || count(*) || ' orders'
  FROM theirs GROUP BY customer_id, idempotency_key HAVING count(*) > 1
UNION ALL
  SELECT 'P8: order ' || id || ' at version ' || event_version || ' has events ' || COALESCE(e.versions::text, 'none')
  FROM theirs AS o LEFT JOIN (
    SELECT order_id, array_agg(DISTINCT event_version ORDER BY event_version) AS versions
    FROM weelo.outbox GROUP BY order_id
  ) AS e ON e.order_id = o.id
  WHERE e.versions IS DISTINCT FROM ARRAY (SELECT generate_series(1, o.event_version))
UNION ALL
  SELECT 'P8: order ' || o.id || ' at version ' || o.event_version || ' made ' || w.transitions || ' transitions'
  FROM theirs AS o LEFT JOIN (
    SELECT order_id, count(*) AS transitions FROM weelo.witnessed GROUP BY order_id
  ) AS w ON w.order_id = o.id
  WHERE w.transitions IS DISTINCT FROM o.event_version
UNION ALL
  SELECT 'P4: order ' || order_id || ' went from ' || was || ' to ' || is_now
  FROM weelo.witnessed JOIN theirs ON theirs.id = order_id
  WHERE (was IN ('cancelled', 'expired', 'completed') AND is_now <> was) OR (was IS NOT NULL AND is_open AND NOT was_open)
UNION ALL
  SELECT 'An order that is ' || o.status || ' has ' || COALESCE(c.stage, 'no') || ' cancellation'
  FROM theirs AS o LEFT JOIN weelo.cancellations AS c ON c.order_id = o.id
  WHERE (o.status = 'cancelled') <> (c.order_id IS NOT NULL)
`;

export interface StoredOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly searchOpen: boolean;
  readonly cancelled: boolean;
  readonly needed: number;
  readonly claimed: number;
  readonly filled: number;
  readonly trucks: readonly TruckStatus[];
}

/** Of the orders that are called `theirs`. */
export const everyOrder = `
  SELECT o.id, o.status, o.search_closed_at IS NULL AS "searchOpen", c.order_id IS NOT NULL AS cancelled,
         o.needed, o.claimed, o.filled,
         ARRAY (SELECT t.status::text FROM weelo.truck_requests AS t WHERE t.order_id = o.id) AS trucks
  FROM theirs AS o LEFT JOIN weelo.cancellations AS c ON c.order_id = o.id
`;

/** Where an order, its counters and its trucks do not say the same. */
export function contradictionsIn(order: StoredOrder): readonly string[] {
  const { id, status, needed, claimed, filled, trucks } = order;
  const are = (...those: readonly TruckStatus[]) =>
    trucks.filter((truck) => those.includes(truck)).length;
  const manned = are('assigned', 'in_progress', 'completed');
  const facts = `${status}, ${filled}/${claimed}/${needed}, trucks ${trucks.join(' ')}`;
  const wrong = [
    statusOf(order) === status || 'status',
    trucks.length === needed || 'trucks',
    manned === filled || 'filled',
    manned + are('held') === claimed || 'claimed',
    order.searchOpen || are('searching') === 0 || 'a truck that searches on',
  ].filter((each) => each !== true);
  return wrong.map((what) => `P5: order ${id} contradicts itself in ${what}: ${facts}`);
}

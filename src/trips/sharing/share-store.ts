import type { OrderStatus } from '../../contract/http/orders/views.ts';
import { isLive } from '../../orders/order/order.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';

/** P12: an order, together with the customer whom it must belong to. */
export interface OwnOrder {
  readonly orderId: string;
  readonly customerId: string;
}

interface Sharing extends OwnOrder {
  readonly linkId: string;
  readonly tokenHash: string;
  readonly createdAt: Date;
}

/**
 * Adds a link, unless the order is over, and forgets the oldest ones of more than `most`. Answers with the order's
 * status, or nothing if the customer has no such order.
 */
export async function addShareLink(
  db: Database,
  { linkId, orderId, customerId, tokenHash, createdAt }: Sharing,
  most: number,
): Promise<OrderStatus | undefined> {
  // Two links at once wait for each other here, so that both are counted.
  const [order] = await db.$queryRaw<{ status: OrderStatus }[]>(sql`
    SELECT status FROM weelo.orders
    WHERE id = ${orderId}::uuid AND customer_id = ${customerId}::uuid
    FOR NO KEY UPDATE
  `);
  if (!order || !isLive(order.status)) return order?.status;
  await db.$executeRaw(sql`
    WITH forgotten AS (
      DELETE FROM weelo.share_links WHERE id IN (
        SELECT id FROM weelo.share_links WHERE order_id = ${orderId}::uuid
        ORDER BY revoked_at IS NOT NULL, created_at DESC, id DESC
        OFFSET ${most - 1}::int
      )
    )
    INSERT INTO weelo.share_links (id, order_id, token_hash, created_at)
    VALUES (${linkId}::uuid, ${orderId}::uuid, ${tokenHash}, ${createdAt})
  `);
  return order.status;
}

/** Ends all links of an order. Answers how many, or nothing if the customer has no such order. */
export async function revokeShareLinks(
  db: Database,
  { orderId, customerId }: OwnOrder,
  at: Date,
): Promise<number | undefined> {
  const [order] = await db.$queryRaw<{ revoked: number }[]>(sql`
    WITH own AS (
      SELECT o.id FROM weelo.orders AS o
      WHERE o.id = ${orderId}::uuid AND o.customer_id = ${customerId}::uuid
    ), revoked AS (
      UPDATE weelo.share_links AS l SET revoked_at = ${at}
      FROM own WHERE l.order_id = own.id AND l.revoked_at IS NULL
      RETURNING l.id
    )
    SELECT (SELECT count(*)::int FROM revoked) AS revoked FROM own
  `);
  return order?.revoked;
}

/** The order that a link shows, unless the link was revoked. */
export async function sharedOrder(db: Database, tokenHash: string): Promise<OwnOrder | undefined> {
  const [order] = await db.$queryRaw<OwnOrder[]>(sql`
    SELECT o.id AS "orderId", o.customer_id AS "customerId"
    FROM weelo.share_links AS l JOIN weelo.orders AS o ON o.id = l.order_id
    WHERE l.token_hash = ${tokenHash} AND l.revoked_at IS NULL
  `);
  return order;
}

/** Deletes links of orders that ended before, the oldest first, and answers how many. */
export function deleteShareLinks(db: Database, endedBefore: Date, most: number): Promise<number> {
  return db.$executeRaw(sql`
    DELETE FROM weelo.share_links WHERE id IN (
      SELECT l.id FROM weelo.share_links AS l JOIN weelo.orders AS o ON o.id = l.order_id
      WHERE l.created_at < ${endedBefore} AND o.updated_at < ${endedBefore}
        AND o.status IN ('completed', 'cancelled', 'expired')
      ORDER BY l.created_at
      LIMIT ${most}::int
    )
  `);
}

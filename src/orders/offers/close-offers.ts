import { OfferChanged } from '../../contract/domain-events/orders.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { changeOrder, type Decided } from '../changing/change-order.ts';
import { holdEnded } from '../holds/hold-ended.ts';
import { lockOrderFor, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { publicationOf } from '../telling/order-events.ts';
import { closeOffer } from './offer-statements.ts';
import { tellDismissed } from '../telling/tell-offers.ts';

/**
 * Takes a transporter out of all searches, because its account was suspended: its holds are released, and its offers
 * are closed. Its trips go on. Answers of how many orders. It can be repeated.
 */
export async function closeOffers(transporterId: string, deps: OrderDeps): Promise<number> {
  const orderIds = await deps.postgres.run((db) => ordersOf(db, transporterId));
  for (const orderId of orderIds) {
    const leave = () =>
      changeOrder(
        (db) => lockOrderFor(db, transporterId, sql`o.id = ${orderId}::uuid`),
        (order, db) => nextStep(order, transporterId, db),
        deps,
      );
    // The offer is closed first, so that it is not told again when the holds are released.
    while ((await leave())?.transition) continue;
  }
  return orderIds.length;
}

async function nextStep(
  order: OrderInHand,
  transporterId: string,
  db: Database,
): Promise<Decided<undefined>> {
  const isOffered = order.offers.some((each) => each.transporterId === transporterId);
  if (isOffered) return { change: withdrawn(order, transporterId), answer: undefined };
  const hold = order.holds.find((each) => each.transporterId === transporterId);
  return {
    change: hold && (await holdEnded(order, hold, 'released', db)),
    answer: undefined,
  };
}

function withdrawn(order: OrderInHand, transporterId: string): Change {
  return {
    happening: {
      becomes: ({ status }) => status,
      tells: (after) => [tellDismissed(order, after, [transporterId], 'suspended')],
      publishes: (after) =>
        publicationOf(OfferChanged, after, { transporterId, what: 'withdrawn', vehicleKeys: [] }),
    },
    additions: [closeOffer({ orderId: order.id, transporterId })],
  };
}

async function ordersOf(db: Database, transporterId: string): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ orderId: string }[]>`
    SELECT order_id AS "orderId" FROM weelo.offers
    WHERE transporter_id = ${transporterId}::uuid AND closed_at IS NULL
    UNION
    SELECT order_id FROM weelo.holds
    WHERE transporter_id = ${transporterId}::uuid AND status = 'active'
  `;
  return rows.map(({ orderId }) => orderId);
}

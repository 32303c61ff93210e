import type { OfferDelivery } from '../contract/queues.ts';
import { noteDelivery } from '../orders/offers/offer-statements.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';
import { count } from '../platform/logs/observability.ts';

/** Notes whom an offer has reached, and how. It is no change of the order: nobody decides by it. */
export async function noteOfferDelivery(
  delivery: OfferDelivery,
  { postgres }: Pick<OrderDeps, 'postgres'>,
): Promise<void> {
  await postgres.run((db) => noteDelivery(db, delivery));
  count('OffersSeen', delivery.seen.length);
  count('OffersPushed', delivery.pushed.length);
}

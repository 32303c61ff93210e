import type { FreeChanged } from '../../contract/queues.ts';
import { refreshOffer } from './offer-messages.ts';
import { ordersOnOfferTo } from './live-offers-store.ts';
import type { OrderDeps } from '../order/order-deps.ts';

/**
 * P9: a transporter has no truck of a kind left, or one again. Each order that is on offer to it is looked at by itself,
 * because each has a lock of its own.
 */
export async function refreshOffers(
  { transporterId, vehicleKey }: FreeChanged,
  { postgres, queues }: OrderDeps,
): Promise<void> {
  const orderIds = await postgres.run((db) => ordersOnOfferTo(db, transporterId, vehicleKey));
  const messages = orderIds.map((orderId) => ({ message: refreshOffer(orderId, transporterId) }));
  await queues.dispatch.sendAll(messages);
}

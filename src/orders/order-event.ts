import type { OrderStatus } from '../contract/orders.ts';
import type { OrderEvent } from '../contract/queues.ts';
import type { Ids } from '../platform/ids.ts';

interface About {
  readonly order: { readonly id: string; readonly customer_id: string };
  readonly event: OrderEvent['event'];
  readonly status: OrderStatus;
  readonly eventVersion: number;
  /** ISO 8601. */
  readonly at: string;
}

/** What a customer is told of an order: the three ids are one, by the names that the apps know it by. */
export function orderEvent(
  { order, event, status, eventVersion, at }: About,
  more: Readonly<Record<string, unknown>>,
  ids: Ids,
): OrderEvent {
  const { id: orderId, customer_id: customerId } = order;
  return {
    kind: 'order-event',
    id: ids.next(),
    at,
    event,
    to: [customerId],
    data: { ...more, orderId, bookingId: orderId, broadcastId: orderId, status, eventVersion },
  };
}

import { OrderCancelled } from '../../contract/domain-events/orders.ts';
import { orderCancelled } from '../../contract/events/orders.ts';
import { publicationOf, tellOf } from '../order/order-events.ts';
import { afterCancelling } from '../order/order.ts';
import type { Happening } from '../order/transition.ts';

/** The customer cancels an order. */
export function calledOff(reason: string | null): Happening {
  return {
    becomes: ({ status }) => afterCancelling(status),
    closesSearch: true,
    cancels: true,
    tells: (after) => [
      tellOf(after, orderCancelled, [after.customerId], { reason, cancelledAt: after.at }),
    ],
    publishes: (after) =>
      publicationOf(OrderCancelled, after, {
        cancelledTruckRequestIds: after.trucks.map(({ id }) => id),
      }),
  };
}

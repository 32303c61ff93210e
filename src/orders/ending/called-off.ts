import { orderCancelled } from '../../contract/events/orders.ts';
import { afterCancelling } from '../order/order.ts';
import { tellOf, type Happening } from '../order/transition.ts';

/** The customer cancels an order. */
export function calledOff(reason: string | null): Happening {
  return {
    becomes: ({ status }) => afterCancelling(status),
    closesSearch: true,
    cancels: true,
    tells: (after) => [
      tellOf(after, orderCancelled, [after.customerId], { reason, cancelledAt: after.at }),
    ],
  };
}

import * as z from 'zod';
import { OrderStatus } from '../http/orders/views.ts';

/** The three ids are the same, under the names that the apps read. */
export const OrderIds = z.object({
  orderId: z.uuid(),
  bookingId: z.uuid(),
  broadcastId: z.uuid(),
  eventVersion: z.int().positive().meta({
    description:
      'Raised by every change of the order: drop an event that is older than what you know',
  }),
});

/** The fields of every event of an order. */
export const OrderNews = OrderIds.extend({ status: OrderStatus });

/** A sentence that an app can show as it is. */
export const Message = z.string();

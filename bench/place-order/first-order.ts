import { randomUUID } from 'node:crypto';
import { placeOrder } from '../../src/contract/http/orders/routes.ts';
import { eventFor } from '../login/warm-auth.ts';
import type { WarmOrders } from './warm-orders.ts';

/** One truck, as the documents ask for it. */
export const oneTruck = placeOrder.example.body;

const times5 = { quantity: 5, pricePerTruck: 9000 };

/** Twenty, of four kinds. */
export const twentyTrucks = {
  ...oneTruck,
  vehicleRequirements: [
    { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace', ...times5 },
    { vehicleType: 'open', vehicleSubtype: '17 Feet', ...times5 },
    { vehicleType: 'open', vehicleSubtype: '19 Feet', ...times5 },
    { vehicleType: 'trailer', vehicleSubtype: '8-11 Ton', ...times5 },
  ],
};

export type FirstOrder = Awaited<ReturnType<typeof firstOrder>>;

/** The call by which a customer places an order for the first time. */
export async function firstOrder({ nextCustomer }: WarmOrders, body: object) {
  const customer = await nextCustomer();
  const idempotencyKey = randomUUID();
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${customer.token}`,
    'x-idempotency-key': idempotencyKey,
  };
  const event = eventFor('POST', placeOrder.path, { headers, body: JSON.stringify(body) });
  return { customer, idempotencyKey, body, event };
}

import type { Publication } from '../../contract/domain-events/domain-event.ts';
import { OrderPlaced } from '../../contract/domain-events/orders.ts';
import { publicationOf } from '../telling/order-events.ts';
import type { OrderToPlace } from './placing-store.ts';

/** The domain event of an order that was placed. */
export function placedEvent({ columns, trucks }: OrderToPlace): Publication {
  const { id: orderId, customer_id: customerId, needed } = columns;
  return publicationOf(
    OrderPlaced,
    { orderId, customerId, status: 'broadcasting', eventVersion: 1, needed, filled: 0 },
    {
      totalAmount: columns.total_amount,
      distanceKm: columns.distance_km,
      trucks: trucks.map(({ id, vehicleType, vehicleSubtype, pricePerTruck }) => ({
        truckRequestId: id,
        vehicleType,
        vehicleSubtype,
        price: pricePerTruck,
      })),
    },
  );
}

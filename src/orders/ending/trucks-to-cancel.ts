import type { TruckRow } from '../order/order-row.ts';
import type { TruckToCancel } from './cancellation.ts';

/** The trucks of an order, each with how far its trip has come. */
export function trucksToCancel(trucks: readonly TruckRow[]): readonly TruckToCancel[] {
  return trucks.map(({ id, status, vehicleType, pricePerTruck, assigned }) => ({
    id,
    status,
    vehicleType,
    pricePerTruck,
    trip: assigned && { status: assigned.status, atPickup: assigned.stays.pickup },
  }));
}

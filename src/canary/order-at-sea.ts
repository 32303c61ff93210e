import type * as z from 'zod';
import type { NewOrder } from '../contract/http/orders/views.ts';
import { testSea } from '../contract/test-numbers.ts';

const { south, north, west, east } = testSea;
const middle = { latitude: (south + north) / 2, longitude: (west + east) / 2 };

const truck = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' } as const;

/** What is asked before an order is placed: what the truck costs. */
export const haul = { ...truck, distanceKm: 31 };

/** The order of a walk: one small truck, from the middle of the sea to a place not far from there. */
export function orderAtSea(pricePerTruck: number): z.input<typeof NewOrder> {
  return {
    pickup: { ...middle, address: 'Arabian Sea' },
    drop: {
      latitude: middle.latitude + 0.2,
      longitude: middle.longitude + 0.2,
      address: 'Arabian Sea',
    },
    distanceKm: haul.distanceKm,
    vehicleRequirements: [{ ...truck, quantity: 1, pricePerTruck }],
  };
}

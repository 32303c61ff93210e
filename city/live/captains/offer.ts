import * as z from 'zod';

/** What a captain reads of an offer. */
const Place = z.object({ latitude: z.number(), longitude: z.number(), address: z.string() });

const OfferLine = z.object({
  vehicleType: z.string(),
  vehicleSubtype: z.string(),
  searchingCount: z.int(),
});
export type OfferLine = z.output<typeof OfferLine>;

export const Offer = z.object({
  orderId: z.string(),
  customerPhone: z.string(),
  pickupLocation: Place,
  dropLocation: Place,
  distanceKm: z.number(),
  farePerTruck: z.number(),
  trucksNeeded: z.int(),
  requestedVehicles: z.array(OfferLine),
  pickupDistanceKm: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
  eventVersion: z.int(),
});
export type Offer = z.output<typeof Offer>;

export const Held = z.object({
  holdId: z.string(),
  heldQuantity: z.int(),
  expiresAt: z.string(),
});
export const Confirmed = z.object({ tripIds: z.array(z.string()) });

export const Assignment = z.object({
  id: z.string(),
  orderId: z.string(),
  vehicleId: z.string(),
  driverId: z.string(),
  status: z.string(),
  customerPhone: z.string(),
  pickupLat: z.number(),
  pickupLng: z.number(),
  dropLat: z.number(),
  dropLng: z.number(),
  requiresTripCodes: z.boolean(),
});
export type Assignment = z.output<typeof Assignment>;

/** What every event of an order says, as far as a captain needs it. */
export const OrderNews = z.object({
  orderId: z.string(),
  tripId: z.string().nullish(),
  holdId: z.string().optional(),
  reason: z.string().nullish(),
});

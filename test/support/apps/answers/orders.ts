import * as z from 'zod';
import { Count, Instant, Int, maybe, Millis, OrderWord, Place, Position, text } from './values.ts';

// B3
export const Places = z
  .array(Position.extend({ placeId: text, label: text, address: maybe(text), city: maybe(text) }))
  .min(1);
export const Address = Position.extend({
  address: text,
  city: maybe(text),
  state: maybe(text),
  country: maybe(text),
  postalCode: maybe(text),
});
export const Way = z.object({
  distanceKm: Count,
  durationMinutes: Count,
  durationFormatted: text,
  source: text,
  polyline: z.array(z.tuple([z.number(), z.number()])),
});
export const WayWithStops = Way.extend({
  legs: z.array(z.object({ distanceKm: Count, durationMinutes: Count })),
});
export const Pricing = z.object({
  pricing: z.object({
    vehicleType: text,
    distanceKm: Count,
    trucksNeeded: Int.positive(),
    pricePerKm: Count,
    pricePerTruck: Int.positive(),
    totalAmount: Int.positive(),
    estimatedDuration: text,
    basePrice: maybe(Count),
    distanceCharge: maybe(Count),
    tonnageCharge: maybe(Count),
    surgeMultiplier: maybe(z.number()),
    surgeFactor: maybe(text),
    distanceSlab: maybe(text),
    validForMinutes: maybe(Int.positive()),
    capacityInfo: maybe(
      z.object({
        capacityKg: maybe(Int),
        capacityTons: maybe(z.number()),
        minTonnage: maybe(z.number()),
        maxTonnage: maybe(z.number()),
      }),
    ),
  }),
});
export const VehicleTypes = z.object({
  types: z
    .array(
      z.object({
        type: text,
        displayName: text,
        description: text,
        subtypes: z.array(z.object({ id: text, name: text, pricePerKm: Int.positive() })).min(1),
      }),
    )
    .length(9),
});
/** No app asks for it: what every kind of truck costs, how many are free nearby, and how far the nearest one is. */
export const Search = z.object({
  vehicles: z
    .array(
      z.object({
        vehicleType: text,
        vehicleSubtype: text,
        pricePerTruck: Int.positive(),
        freeNearby: Count,
        nearestMinutes: maybe(Count),
      }),
    )
    .min(1),
});

// B4
export const Order = z.object({
  id: text,
  customerId: text,
  customerName: text,
  customerPhone: text,
  pickup: Place,
  drop: Place,
  distanceKm: Count,
  totalTrucks: Int.positive(),
  trucksFilled: Count,
  totalAmount: Count,
  goodsType: maybe(text),
  weight: maybe(text),
  status: OrderWord,
  expiresAt: Instant,
  createdAt: Instant,
});
const OrderOfCustomer = Order.extend({
  scheduledAt: maybe(Instant),
  expiresIn: Count,
  updatedAt: Instant,
});
export const TruckRequest = z.object({
  id: text,
  orderId: text,
  requestNumber: Int.positive(),
  vehicleType: text,
  vehicleSubtype: text,
  pricePerTruck: Int.positive(),
  status: z.enum([
    'searching',
    'held',
    'assigned',
    'in_progress',
    'completed',
    'expired',
    'cancelled',
  ]),
  assignedTransporterId: maybe(text),
  assignedVehicleNumber: maybe(text),
  assignedDriverName: maybe(text),
  createdAt: Instant,
});
const TruckRequestOfCustomer = TruckRequest.extend({
  assignedTransporterName: maybe(text),
  assignedDriverPhone: maybe(text),
  tripId: maybe(text),
  assignedAt: maybe(Instant),
  updatedAt: Instant,
});
const searched = {
  dispatchState: maybe(text),
  dispatchAttempts: maybe(Count),
  onlineCandidates: maybe(Count),
  notifiedTransporters: maybe(Count),
  reasonCode: maybe(text),
  serverTimeMs: maybe(Millis),
};
export const PlacedOrder = z.object({
  order: OrderOfCustomer.extend({ expiresIn: Int.positive() }),
  truckRequests: z.array(TruckRequestOfCustomer).min(1),
  broadcastSummary: z.object({
    totalRequests: Count,
    totalTransportersNotified: Count,
    groupedBy: z.array(
      z.object({
        vehicleType: text,
        vehicleSubtype: text,
        count: Count,
        transportersNotified: Count,
      }),
    ),
  }),
  timeoutSeconds: Int.positive(),
  ...searched,
  recoveryHint: maybe(text),
});
export const OrderDetail = z.object({
  order: OrderOfCustomer,
  requests: z.array(TruckRequestOfCustomer).min(1),
  summary: z.object({
    totalTrucks: Int.positive(),
    trucksFilled: Count,
    trucksSearching: Count,
    trucksExpired: Count,
  }),
});
export const OrderStatus = z.object({
  orderId: text,
  status: OrderWord,
  remainingSeconds: Count,
  isActive: z.boolean(),
  expiresAt: Instant,
  ...searched,
  dispatchAttempts: Count,
  onlineCandidates: Count,
  notifiedTransporters: Count,
});
export const ActiveOrder = z.object({
  hasActiveOrder: z.boolean(),
  activeOrder: maybe(z.object({ orderId: text, status: OrderWord, createdAt: Instant })),
});
const Amounts = z.record(z.string(), Count);
const terms = {
  policyStage: maybe(text),
  cancelDecision: z.enum(['allowed', 'allowed_with_penalty', 'blocked_dispute_only']),
  reasonRequired: z.boolean(),
  reasonCode: maybe(text),
  penaltyBreakdown: maybe(Amounts),
  driverCompensationBreakdown: maybe(Amounts),
  settlementState: maybe(z.enum(['none', 'immediate', 'deferred'])),
  pendingPenaltyAmount: maybe(Count),
  message: maybe(text),
};
export const CancelPreview = z.object(terms);
export const CancelledOrder = z.object({
  ...terms,
  orderId: maybe(text),
  status: maybe(OrderWord),
  reason: maybe(text),
  eventId: maybe(text),
  eventVersion: maybe(Int),
  serverTimeMs: maybe(Millis),
  disputeId: maybe(text),
  transportersNotified: Count,
  driversNotified: Count,
  assignmentsCancelled: Count,
  cancelledAt: maybe(Instant),
});

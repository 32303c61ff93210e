import * as z from 'zod';
import { Order, TruckRequest } from './orders.ts';
import { Count, Instant, Int, maybe, Millis, OrderWord, Place, text, word } from './values.ts';

// B6
export const Presence = z.object({
  isAvailable: z.boolean(),
  updatedAt: maybe(Instant),
  cooldownMs: maybe(Count),
  cooldownRemainingMs: maybe(Count),
});
export const ChangedPresence = z.object({
  isAvailable: z.boolean(),
  updatedAt: maybe(Instant),
  idempotent: maybe(z.boolean()),
  cooldownMs: maybe(Count),
});
export const Beaten = z.object({
  registered: z.boolean(),
  vehicleKey: maybe(text),
  vehicleId: maybe(text),
  isOnTrip: z.boolean(),
  nextHeartbeatMs: Int.positive(),
});

// B7
const OfferedOrder = Order.extend({
  dispatchRevision: maybe(z.int()),
  lifecycleEventVersion: maybe(z.int()),
});
export const Feed = z.object({
  orders: z.array(z.object({ order: OfferedOrder, requests: z.array(TruckRequest).min(1) })),
  count: Count,
  syncCursor: maybe(text),
  snapshotUnchanged: z.boolean(),
});
/** Of two names for one thing, the app takes the first that is there: both are. */
const Broadcast = z.object({
  broadcastId: text,
  id: text,
  customerId: text,
  customerName: text,
  customerPhone: text,
  customerMobile: text,
  pickupLocation: Place,
  pickup: Place,
  dropLocation: Place,
  drop: Place,
  distance: Count,
  distanceKm: Count,
  totalTrucksNeeded: Int.positive(),
  trucksNeeded: Int.positive(),
  trucksFilledSoFar: Count,
  trucksFilled: Count,
  vehicleType: text,
  vehicleSubtype: text,
  goodsType: maybe(text),
  weight: maybe(text),
  farePerTruck: Count,
  pricePerTruck: Count,
  totalFare: Count,
  totalAmount: Count,
  status: OrderWord,
  createdAt: Instant,
  expiresAt: Instant,
  notes: maybe(text),
  isUrgent: z.boolean(),
  requestedVehicles: z
    .array(
      z.object({
        vehicleType: text,
        vehicleSubtype: text,
        count: Count,
        filledCount: Count,
        farePerTruck: Count,
        capacityTons: z.number(),
      }),
    )
    .min(1),
});
export const Broadcasts = z.object({
  broadcasts: z.array(Broadcast),
  count: maybe(Count),
  syncCursor: maybe(text),
});
export const OneBroadcast = z.object({ broadcast: Broadcast });
export const Snapshot = z.object({
  orderId: text,
  state: OrderWord,
  status: OrderWord,
  dispatchState: text,
  reasonCode: maybe(text),
  dispatchRevision: z.int(),
  orderLifecycleVersion: z.int(),
  eventVersion: Int,
  serverTimeMs: Millis,
  expiresAtMs: Millis,
  syncCursor: maybe(text),
  order: OfferedOrder,
  requests: z.array(TruckRequest),
});
export const Replay = z.object({
  cursor: z.int(),
  snapshotRequired: z.boolean(),
  hasMore: z.boolean(),
  replayWindowStart: z.int(),
  replayWindowEnd: z.int(),
  cursorType: maybe(text),
  events: z.array(z.object({ sequence: z.int(), orderId: text, eventType: text })),
});

// B8
export const Held = z.object({
  holdId: text,
  expiresAt: Instant,
  heldQuantity: Int.positive(),
  holdState: maybe(z.literal('reserved')),
  eventId: maybe(text),
  eventVersion: maybe(Int),
  serverTimeMs: maybe(Millis),
});
export const Confirmed = z.object({
  assignmentIds: z.array(text).min(1),
  tripIds: z.array(text).min(1),
});
export const MyHold = maybe(
  z.object({
    holdId: text,
    orderId: text,
    vehicleType: text,
    vehicleSubtype: text,
    quantity: Int.positive(),
    expiresAt: Instant,
    status: word,
    phase: maybe(z.enum(['FLEX', 'CONFIRMED', 'EXPIRED', 'RELEASED'])),
    canExtend: z.boolean(),
  }),
);

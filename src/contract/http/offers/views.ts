import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { Rupees } from '../catalogue/names.ts';
import {
  LocationView,
  OrderStatus,
  OrderView,
  searchFacts,
  TruckRequestView,
} from '../orders/views.ts';

const Count = z.int().nonnegative();
const { eventVersion } = OrderView.shape;
const { serverTimeMs } = searchFacts;

/** The apps know the version of an order under three names. */
const sameVersion = eventVersion.meta({ description: 'The same as `eventVersion`' });
const masked = z.string().meta({ description: 'Masked until a truck of yours is assigned' });

/** The trucks of one kind that an order asks for. */
const OfferLine = z
  .object({
    vehicleType: z.string(),
    vehicleSubtype: z.string().meta({ description: 'As the Captain app spells it' }),
    count: Count.meta({ description: 'Trucks of this kind that were asked for' }),
    filledCount: Count,
    searchingCount: Count.meta({ description: 'Trucks of this kind that are still open' }),
    farePerTruck: Rupees,
    capacityTons: z.number().nonnegative(),
    trucksYouCanProvide: Count,
  })
  .meta({ id: 'OfferLine' });

/** An order on offer to one transporter, with all field names that the apps read. */
export const OfferView = z
  .object({
    broadcastId: z.uuid().meta({ description: "The order's id, as all four are" }),
    id: z.uuid(),
    orderId: z.uuid(),
    bookingId: z.uuid(),
    customerId: z.uuid(),
    customerName: masked,
    customerPhone: masked,
    customerMobile: masked,
    pickup: LocationView,
    pickupLocation: LocationView,
    drop: LocationView,
    dropLocation: LocationView,
    pickupAddress: z.string(),
    pickupCity: z.string().nullable(),
    dropAddress: z.string(),
    dropCity: z.string().nullable(),
    distanceKm: z.int().meta({ description: 'By road, from pickup to drop' }),
    distance: z.int().meta({ description: 'The same as `distanceKm`' }),
    totalTrucksNeeded: Count,
    trucksNeeded: Count,
    trucksFilledSoFar: Count,
    trucksFilled: Count,
    trucksStillNeeded: Count,
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    goodsType: z.string().nullable(),
    weight: z.string().nullable(),
    farePerTruck: Rupees,
    pricePerTruck: Rupees,
    totalFare: Rupees,
    totalAmount: Rupees,
    status: OrderStatus,
    createdAt: Instant,
    expiresAt: OrderView.shape.expiresAt,
    notes: z.string().nullable(),
    isUrgent: z.boolean(),
    requestedVehicles: z
      .array(OfferLine)
      .meta({ description: 'A line for each kind of truck; trucks are held by line' }),
    isPersonalized: z.literal(true),
    trucksYouCanProvide: Count,
    maxTrucksYouCanProvide: Count,
    yourAvailableTrucks: Count,
    yourTotalTrucks: Count,
    pickupDistanceKm: z.number().nonnegative().meta({ description: 'From you to the pickup' }),
    pickupEtaMinutes: Count,
    eventVersion,
    dispatchRevision: sameVersion,
    orderLifecycleVersion: sameVersion,
    serverTimeMs,
    payloadVersion: z.literal(1),
  })
  .meta({ id: 'Offer' });

export type OfferView = z.output<typeof OfferView>;

/** The order of an offer. It has less than its customer sees. */
export const OfferedOrder = OrderView.pick({
  id: true,
  customerId: true,
  customerName: true,
  customerPhone: true,
  pickup: true,
  drop: true,
  routePoints: true,
  distanceKm: true,
  totalTrucks: true,
  trucksFilled: true,
  totalAmount: true,
  goodsType: true,
  weight: true,
  status: true,
  expiresAt: true,
  createdAt: true,
  eventVersion: true,
})
  .extend({
    customerName: masked,
    customerPhone: masked,
    dispatchRevision: sameVersion,
    lifecycleEventVersion: sameVersion,
    serverTimeMs,
  })
  .meta({ id: 'OfferedOrder' });

export const OfferedTruck = TruckRequestView.pick({
  id: true,
  orderId: true,
  requestNumber: true,
  vehicleType: true,
  vehicleSubtype: true,
  pricePerTruck: true,
  status: true,
  assignedTransporterId: true,
  assignedVehicleNumber: true,
  assignedDriverName: true,
  createdAt: true,
})
  .extend({ vehicleSubtype: OfferLine.shape.vehicleSubtype })
  .meta({ id: 'OfferedTruck' });

export const BroadcastSnapshot = z
  .object({
    orderId: z.uuid(),
    state: OrderStatus,
    status: OrderStatus,
    dispatchState: searchFacts.dispatchState,
    reasonCode: searchFacts.reasonCode,
    dispatchRevision: sameVersion,
    orderLifecycleVersion: sameVersion,
    eventVersion,
    serverTimeMs,
    expiresAtMs: z.int().meta({ description: 'When the search ends, in milliseconds since 1970' }),
    syncCursor: z.string(),
    order: OfferedOrder,
    requests: z.array(OfferedTruck),
  })
  .meta({ id: 'BroadcastSnapshot' });

/** How far the transporters got whom a search asked. */
const asking = {
  asked: Count,
  reached: Count.meta({ description: 'Those to whom a socket or a push brought the offer' }),
  seen: Count.meta({ description: 'Those whose app acknowledged it' }),
  accepted: Count.meta({ description: 'Those who held trucks' }),
  declined: Count,
};

const SearchWave = z.object({
  wave: z.int().positive(),
  ...asking,
  declineReasons: z.array(z.object({ reason: z.string(), count: Count })),
  summary: z.string().meta({ description: 'A sentence for a person' }),
});

export const SearchExplained = z
  .object({
    orderId: z.uuid(),
    status: OrderStatus,
    searchOpen: z.boolean(),
    remainingSeconds: Count.meta({ description: 'Until the search ends' }),
    trucksNeeded: Count,
    trucksFilled: Count,
    trucksHeld: Count.meta({
      description: 'Trucks for which a transporter is choosing vehicles and drivers',
    }),
    trucksSearching: Count,
    onlineCandidates: searchFacts.onlineCandidates,
    ...asking,
    waves: z.array(SearchWave),
    eventVersion,
    reasonCode: searchFacts.reasonCode,
    message: z.string().meta({ description: 'A sentence that an app can show as it is' }),
    serverTimeMs,
  })
  .meta({ id: 'SearchExplained' });

export type SearchExplained = z.output<typeof SearchExplained>;

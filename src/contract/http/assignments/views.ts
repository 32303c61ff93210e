import * as z from 'zod';
import { Instant } from '../../wire.ts';
import { Rupees } from '../catalogue/names.ts';
import { OrderView, searchFacts } from '../orders/views.ts';
import { Bill, TripDocuments } from '../trips/views.ts';
import { AssignmentStatus } from './status.ts';

const PointOfTrip = OrderView.shape.routePoints.element.pick({
  type: true,
  latitude: true,
  longitude: true,
  address: true,
  city: true,
  state: true,
  stopIndex: true,
});

/** A driver and a vehicle on one truck of an order. */
export const AssignmentView = z
  .object({
    id: z.uuid(),
    bookingId: z.uuid().meta({ description: 'The same as `orderId`' }),
    orderId: z.uuid(),
    truckRequestId: z.uuid(),
    transporterId: z.uuid(),
    transporterName: z.string(),
    vehicleId: z.uuid(),
    vehicleNumber: z.string(),
    vehicleType: z.string(),
    vehicleSubtype: z.string(),
    driverId: z.uuid(),
    driverName: z.string(),
    driverPhone: z.string(),
    tripId: z.uuid().meta({ description: 'The same as `id`' }),
    status: AssignmentStatus,
    assignedAt: Instant,
    answerBy: Instant.meta({ description: 'Until when the driver can accept or decline' }),
    driverAcceptedAt: Instant.nullable(),
    declineReason: z.string().nullable(),
    declinedAt: Instant.nullable(),
    pickupAddress: z.string(),
    dropAddress: z.string(),
    pickupLat: z.number(),
    pickupLng: z.number(),
    dropLat: z.number(),
    dropLng: z.number(),
    distanceKm: z.int(),
    pricePerTruck: Rupees,
    goodsType: z.string().nullable(),
    customerName: z.string(),
    customerPhone: z.string(),
    totalStops: z.int().nonnegative().meta({ description: 'Pickup and drop are stops, too' }),
    currentRouteIndex: z.int().nonnegative(),
    routePoints: z.array(PointOfTrip),
    requiresTripCodes: z.boolean().meta({
      description: 'Whether the driver needs codes of the customer to leave, and to deliver',
    }),
    bill: Bill,
    documents: TripDocuments,
    eventVersion: OrderView.shape.eventVersion,
    serverTimeMs: searchFacts.serverTimeMs,
  })
  .meta({ id: 'Assignment' });

export type AssignmentView = z.output<typeof AssignmentView>;

import type * as z from 'zod';
import type { AssignmentView } from '../../contract/http/assignments/views.ts';
import { spelledForCaptains } from '../offers/offer-view.ts';
import {
  maskedCustomer,
  namedCustomer,
  nameOfDriver,
  nameOfTransporter,
} from '../order/names-shown.ts';
import { billOf } from '../stays/bill.ts';
import { isLost } from './assignment.ts';
import { snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';
import type { AssignmentOfOrder } from './assignments-store.ts';

/** An assignment, as the Captain app reads it: flat. */
export function assignmentView(row: AssignmentOfOrder, now: Date): z.input<typeof AssignmentView> {
  const { assignment } = row;
  const { order } = snapshotOf(row);
  const truck = row.trucks.find(({ id }) => id === assignment.truckRequestId);
  // Who does not come any more does not need the customer's phone.
  const lost = isLost(assignment.status);
  const declined = assignment.status === 'driver_declined';
  return {
    id: assignment.id,
    bookingId: order.id,
    orderId: order.id,
    truckRequestId: assignment.truckRequestId,
    transporterId: assignment.transporterId,
    transporterName: nameOfTransporter(assignment.transporterName),
    vehicleId: assignment.vehicleId,
    vehicleNumber: assignment.vehicleNumber,
    ...spelledForCaptains(truck?.vehicleKey ?? '', truck),
    driverId: assignment.driverId,
    driverName: nameOfDriver(assignment.driverName),
    driverPhone: assignment.driverPhone,
    tripId: assignment.id,
    status: assignment.status,
    assignedAt: instant(assignment.assignedAtMs),
    answerBy: instant(assignment.answerByMs),
    driverAcceptedAt: orNull(assignment.acceptedAtMs),
    declineReason: lost ? assignment.reason : null,
    declinedAt: declined ? orNull(assignment.endedAtMs) : null,
    ...placesIn(order),
    distanceKm: order.distanceKm,
    pricePerTruck: truck?.pricePerTruck ?? 0,
    goodsType: order.goodsType,
    requiresTripCodes: row.requires_trip_codes,
    bill: billOf(
      {
        vehicleType: truck?.vehicleType ?? '',
        pricePerTruck: truck?.pricePerTruck ?? 0,
        stays: assignment.stays,
      },
      now,
    ),
    documents: assignment.documents,
    ...(lost ? maskedCustomer(row) : namedCustomer(row)),
    eventVersion: order.eventVersion,
    serverTimeMs: now.getTime(),
  };
}

const instant = (atMs: number) => new Date(atMs).toISOString();
const orNull = (atMs: number | null) => (atMs === null ? null : instant(atMs));

function placesIn(order: OrderSnapshot['order']) {
  return {
    pickupAddress: order.pickup.address,
    dropAddress: order.drop.address,
    pickupLat: order.pickup.latitude,
    pickupLng: order.pickup.longitude,
    dropLat: order.drop.latitude,
    dropLng: order.drop.longitude,
    totalStops: order.routePoints.length,
    currentRouteIndex: 0,
    routePoints: order.routePoints.map(
      ({ type, latitude, longitude, address, city, state, stopIndex }) => ({
        type,
        latitude,
        longitude,
        address,
        city,
        state,
        stopIndex,
      }),
    ),
  };
}

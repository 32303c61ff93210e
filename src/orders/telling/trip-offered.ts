import type * as z from 'zod';
import { tripAssigned } from '../../contract/events/assignments.ts';
import { tell, type Telling } from '../../contract/events/event.ts';
import { namedCustomer, nameOfDriver } from '../order/names-shown.ts';
import type { LiveAssignment } from '../order/locked-order.ts';
import { idsOf } from './order-events.ts';
import type { TruckRow, WholeOrder } from '../order/order-row.ts';
import { snapshotOf, type OrderSnapshot } from '../order/order-snapshot.ts';
import { answerSeconds } from '../order/order.ts';

interface OfferedTrip {
  readonly order: WholeOrder;
  readonly truck: Pick<TruckRow, 'pricePerTruck'>;
  readonly assignment: Pick<
    LiveAssignment,
    'id' | 'truckRequestId' | 'vehicleNumber' | 'driverId' | 'driverName' | 'status'
  >;
  readonly assignedAt: Date;
  readonly answerBy: Date;
}

/** A trip that a driver is asked to accept, under all field names that the Captain app reads. */
export function tellTrip(trip: OfferedTrip): Telling {
  return tell(tripAssigned, [trip.assignment.driverId], tripData(trip));
}

export function tripData({
  order,
  truck,
  assignment,
  assignedAt,
  answerBy,
}: OfferedTrip): z.input<typeof tripAssigned.data> {
  return {
    ...idsOf(order.id),
    eventVersion: order.event_version,
    orderStatus: order.status,
    assignmentId: assignment.id,
    tripId: assignment.id,
    truckRequestId: assignment.truckRequestId,
    status: assignment.status,
    vehicleNumber: assignment.vehicleNumber,
    driverId: assignment.driverId,
    driverName: nameOfDriver(assignment.driverName),
    message:
      assignment.status === 'pending'
        ? 'You have a new trip. Please accept it in time.'
        : 'You have accepted this trip.',
    ...placesIn(order),
    farePerTruck: truck.pricePerTruck,
    fare: truck.pricePerTruck,
    distanceKm: order.distance_km,
    ...namedCustomer(order),
    assignedAt: assignedAt.toISOString(),
    expiresAt: answerBy.toISOString(),
    driverAcceptTimeoutSeconds: answerSeconds,
  };
}

/** The places of a trip, nested for sockets and flat for pushes. */
function placesIn(order: WholeOrder) {
  const { pickup, drop, routePoints } = snapshotOf(order).order;
  return {
    pickup: stop(pickup),
    drop: stop(drop),
    pickupAddress: pickup.address,
    pickupCity: pickup.city,
    pickupLat: pickup.latitude,
    pickupLng: pickup.longitude,
    dropAddress: drop.address,
    dropCity: drop.city,
    dropLat: drop.latitude,
    dropLng: drop.longitude,
    routePoints: routePoints.map(({ type, latitude, longitude, address, city }) => ({
      type,
      latitude,
      longitude,
      address,
      city,
    })),
  };
}

type Place = OrderSnapshot['order']['pickup'];

function stop({ address, city, latitude, longitude, lat, lng }: Place) {
  return { address, city, latitude, longitude, lat, lng };
}

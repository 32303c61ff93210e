import type * as z from 'zod';
import { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { DrivenStatus, DrivenTrip } from '../../contract/http/driving/views.ts';
import { isLost } from '../../orders/assignments/assignment.ts';
import type { pageOfAssignments } from '../../orders/assignments/show-assignments.ts';
import { spelledForCaptains } from '../../orders/offers/offer-view.ts';
import { maskedCustomer, namedCustomer, nameOfDriver } from '../../orders/order/names-shown.ts';

const words: Record<AssignmentStatus, DrivenStatus> = {
  pending: 'pending',
  driver_accepted: 'assigned',
  en_route_pickup: 'assigned',
  at_pickup: 'in_progress',
  loading_complete: 'in_progress',
  in_transit: 'in_progress',
  arrived_at_drop: 'in_progress',
  completed: 'completed',
  driver_declined: 'cancelled',
  timed_out: 'cancelled',
  cancelled: 'cancelled',
};

/** The states of a trip that the driver's screens call by this word. */
export function statesCalled(word: DrivenStatus): readonly AssignmentStatus[] {
  return AssignmentStatus.options.filter((status) => words[status] === word);
}

/** Whether a driver has accepted a trip, and has not completed it. */
export function isActive(trip: { readonly status: DrivenStatus }): boolean {
  return trip.status === 'assigned' || trip.status === 'in_progress';
}

type Row = Awaited<ReturnType<typeof pageOfAssignments>>['rows'][number];

/** A trip, as the driver's screens show it. P12: whoever does not come any more sees only the first name. */
export function drivenTrip(row: Row): z.input<typeof DrivenTrip> {
  const { assignment } = row;
  const { status, startedAtMs, endedAtMs } = assignment;
  const truck = row.trucks.find(({ id }) => id === assignment.truckRequestId);
  const { customerName, customerPhone } = isLost(status) ? maskedCustomer(row) : namedCustomer(row);
  return {
    id: assignment.id,
    bookingId: row.id,
    customerId: row.customer_id,
    customerName,
    customerPhone: endedAtMs === null ? customerPhone : null,
    driverId: assignment.driverId,
    driverName: nameOfDriver(assignment.driverName),
    vehicleId: assignment.vehicleId,
    vehicleNumber: assignment.vehicleNumber,
    vehicleType: spelledForCaptains(truck?.vehicleKey ?? '', truck).vehicleType,
    ...placesOf(row),
    distanceKm: row.distance_km,
    fare: truck?.pricePerTruck ?? 0,
    status: words[status],
    startedAt: instant(startedAtMs),
    completedAt: status === 'completed' ? instant(endedAtMs) : null,
    createdAt: new Date(assignment.assignedAtMs).toISOString(),
  };
}

function placesOf(row: Row) {
  return {
    pickup: {
      latitude: row.pickup_latitude,
      longitude: row.pickup_longitude,
      address: row.pickup_address,
    },
    drop: {
      latitude: row.drop_latitude,
      longitude: row.drop_longitude,
      address: row.drop_address,
    },
  };
}

const instant = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString());

import type { DrivenStatus } from '../../contract/http/driving/views.ts';
import { liveAssignmentOf, pageOfAssignments } from '../../orders/assignments/show-assignments.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import { askedDriver, type Asking } from './asked-driver.ts';
import { drivenTrip, isActive, statesCalled } from './driven-trip.ts';

interface Page {
  readonly status?: DrivenStatus | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A driver's trips, newest first. A transporter sees those that were driven for it. */
export async function listDrivenTrips(
  asking: Asking,
  { status, limit, offset }: Page,
  deps: OrderDeps,
) {
  const asked = await askedDriver(asking, deps);
  const statuses = status === undefined ? [] : statesCalled(status);
  const page = { skip: offset, most: limit };
  const { rows, total } = await pageOfAssignments({ ...asked, statuses }, page, deps);
  return { trips: rows.map(drivenTrip), total, hasMore: offset + rows.length < total };
}

/** The trip that a driver has accepted and not completed. */
export async function showActiveTrip(driverId: string, deps: OrderDeps) {
  const live = await liveAssignmentOf(driverId, deps);
  const trip = live && drivenTrip(live);
  return trip && isActive(trip)
    ? { trip, hasActiveTrip: true }
    : { trip: null, hasActiveTrip: false };
}

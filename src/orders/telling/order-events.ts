import { nameOfDriver } from '../order/names-shown.ts';
import type * as z from 'zod';
import {
  publication,
  type PublishableEvent,
  type Publication,
} from '../../contract/domain-events/domain-event.ts';
import { tell, type SendableEvent, type Telling } from '../../contract/events/event.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import type { LiveAssignment } from '../order/locked-order.ts';
import type { Changed } from '../order/changed.ts';

type NewsFields = 'orderId' | 'bookingId' | 'broadcastId' | 'status' | 'eventVersion';

/** An order's id, under the names that the apps read. */
export function idsOf(orderId: string) {
  return { orderId, bookingId: orderId, broadcastId: orderId };
}

/** Makes an event for users: the fields that every event of an order has, and those of this one. */
export function tellOf<E extends SendableEvent>(
  { orderId, status, eventVersion }: Changed,
  event: E,
  to: readonly string[],
  more: Omit<z.input<E['data']>, NewsFields>,
): Telling {
  return tell<SendableEvent>(event, to, { ...more, ...idsOf(orderId), status, eventVersion });
}

type AssignmentFields =
  | NewsFields
  | 'orderStatus'
  | 'assignmentId'
  | 'tripId'
  | 'truckRequestId'
  | 'vehicleNumber'
  | 'driverId'
  | 'driverName';

/** The same for an event of an assignment, which has a status of its own. */
export function tellOfAssignment<E extends SendableEvent>(
  { orderId, status: orderStatus, eventVersion }: Changed,
  {
    assignment,
    status,
  }: { readonly assignment: LiveAssignment; readonly status: AssignmentStatus },
  event: E,
  to: readonly string[],
  more: Omit<z.input<E['data']>, AssignmentFields>,
): Telling {
  const { id, truckRequestId, vehicleNumber, driverId, driverName } = assignment;
  return tell<SendableEvent>(event, to, {
    ...more,
    ...idsOf(orderId),
    eventVersion,
    orderStatus,
    status,
    assignmentId: id,
    tripId: id,
    truckRequestId,
    vehicleNumber,
    driverId,
    driverName: nameOfDriver(driverName),
  });
}

type FactsOfOrder =
  | 'orderId'
  | 'customerId'
  | 'status'
  | 'eventVersion'
  | 'trucksNeeded'
  | 'trucksFilled';

/** Makes a domain event: the fields that every domain event of an order has, and those of this one. */
export function publicationOf<E extends PublishableEvent>(
  event: E,
  order: Pick<Changed, 'orderId' | 'customerId' | 'status' | 'eventVersion' | 'needed' | 'filled'>,
  more: Omit<z.input<E['data']>, FactsOfOrder>,
): Publication {
  const { orderId, customerId, status, eventVersion, needed, filled } = order;
  const facts = { orderId, customerId, status, eventVersion };
  return publication<PublishableEvent>(event, {
    ...more,
    ...facts,
    trucksNeeded: needed,
    trucksFilled: filled,
  });
}

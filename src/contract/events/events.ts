import {
  assignmentStatusChanged,
  driverAccepted,
  driverDeclined,
  driverTimeout,
  tripAssigned,
  tripCancelled,
  truckAssigned,
} from './assignments.ts';
import type { EventDeclaration } from './event.ts';
import { broadcastDismissed, holdExpired, newBroadcast } from './offers.ts';
import {
  bookingFullyFilled,
  bookingUpdated,
  broadcastStateChanged,
  orderCancelled,
  orderExpired,
  trucksRemaining,
} from './orders.ts';
import {
  assignmentStale,
  bookingCompleted,
  documentExpiring,
  driverRatingUpdated,
  locationUpdated,
} from './trips.ts';

/** Every event that users are told. */
export const events = [
  newBroadcast,
  broadcastDismissed,
  trucksRemaining,
  bookingFullyFilled,
  bookingUpdated,
  broadcastStateChanged,
  orderExpired,
  orderCancelled,
  holdExpired,
  truckAssigned,
  assignmentStatusChanged,
  driverAccepted,
  driverDeclined,
  driverTimeout,
  tripAssigned,
  tripCancelled,
  bookingCompleted,
  locationUpdated,
  assignmentStale,
  documentExpiring,
  driverRatingUpdated,
] as const satisfies readonly EventDeclaration[];

const byName = new Map<string, EventDeclaration>(events.map((each) => [each.name, each]));

/** The declaration of an event. */
export function eventNamed(name: string): EventDeclaration | undefined {
  return byName.get(name);
}

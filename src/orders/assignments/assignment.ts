import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';

const lost: readonly AssignmentStatus[] = ['driver_declined', 'timed_out', 'cancelled'];

/** Whether an assignment ended without its trip. */
export function isLost(status: AssignmentStatus): boolean {
  return lost.includes(status);
}

/** Whether the driver has accepted the trip, however far it has come since. */
export function isAccepted(status: AssignmentStatus): boolean {
  return status !== 'pending' && !isLost(status);
}

const beforeLoading: readonly AssignmentStatus[] = [
  'pending',
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
];

/** Until the truck is loaded, the driver or the transporter may give the trip up. */
export function mayBeGivenUp(status: AssignmentStatus): boolean {
  return beforeLoading.includes(status);
}

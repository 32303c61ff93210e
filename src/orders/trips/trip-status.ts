import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';

/** The states that a driver moves a trip to, after accepting it. */
export type TripStatus = Extract<
  AssignmentStatus,
  | 'en_route_pickup'
  | 'at_pickup'
  | 'loading_complete'
  | 'in_transit'
  | 'arrived_at_drop'
  | 'completed'
>;

const underWay: readonly AssignmentStatus[] = [
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
  'arrived_at_drop',
];

/** P12: only while a trip is under way are its positions taken and shown. */
export function isUnderWay({ status }: { readonly status: AssignmentStatus }): boolean {
  return underWay.includes(status);
}

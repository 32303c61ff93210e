import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';

/** The states of a trip under way, in their order. A trip goes forward, and may leave states out. */
const way = [
  'driver_accepted',
  'en_route_pickup',
  'at_pickup',
  'loading_complete',
  'in_transit',
] as const satisfies readonly AssignmentStatus[];

const afterTheRoad: Partial<Record<AssignmentStatus, readonly AssignmentStatus[]>> = {
  in_transit: ['arrived_at_drop', 'completed'],
  arrived_at_drop: ['completed'],
};

/**
 * Whether a driver may move a trip from one state to another one. Up to the road, states may be left out, because the
 * Captain app leaves some out. No trip arrives that has not been on the road. To accept a trip is not a move.
 */
export function mayMove(from: AssignmentStatus, to: AssignmentStatus): boolean {
  return (nextStates[from] ?? []).includes(to);
}

const nextStates: Partial<Record<AssignmentStatus, readonly AssignmentStatus[]>> = {
  ...Object.fromEntries(way.map((state, i) => [state, way.slice(i + 1)])),
  ...afterTheRoad,
};

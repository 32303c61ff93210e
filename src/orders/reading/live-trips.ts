import { meetDeadlines } from '../changing/meet-deadlines.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { liveAssignmentsOf, unansweredOrderOf } from '../assignments/assignments-store.ts';
import { tripData } from '../telling/trip-offered.ts';

/** The trips that a driver is asked for, or on. P6: one whose time to answer is over is not among them. */
export async function liveTrips(driverId: string, deps: OrderDeps) {
  const { postgres } = deps;
  const unanswered = await postgres.run((db) => unansweredOrderOf(db, driverId));
  if (unanswered !== undefined) await meetDeadlines(unanswered, deps);
  const rows = await postgres.run((db) => liveAssignmentsOf(db, driverId));
  return rows.flatMap((order) => {
    const { assignment } = order;
    const truck = order.trucks.find(({ id }) => id === assignment.truckRequestId);
    if (!truck) return [];
    const [assignedAt, answerBy] = [assignment.assignedAtMs, assignment.answerByMs];
    return tripData({
      order,
      truck,
      assignment,
      assignedAt: new Date(assignedAt),
      answerBy: new Date(answerBy),
    });
  });
}

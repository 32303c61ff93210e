import { DriverAnswered } from '../../contract/domain-events/orders.ts';
import { AppError } from '../../contract/errors.ts';
import type { AssignmentStatus } from '../../contract/http/assignments/status.ts';
import { assignmentStatusChanged, driverAccepted } from '../../contract/events/assignments.ts';
import { sql } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { changeOrder } from '../changing/change-order.ts';
import { lockOrderWhere, type LiveAssignment, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { countAnswer } from '../trips/driver-record-statements.ts';
import { publicationOf, tellOfAssignment } from '../telling/order-events.ts';
import { acceptAssignment as noteAccepted } from './assignment-statements.ts';
import { isAccepted } from './assignment.ts';
import { assignmentState } from './assignments-store.ts';
import { driverLost } from './driver-lost.ts';

interface WhichAssignment {
  readonly assignmentId: string;
  readonly driverId: string;
}

/** P12: another driver's assignment is not found. */
const ofAssignment = ({ assignmentId, driverId }: WhichAssignment) => sql`
  o.id = (
    SELECT a.order_id FROM weelo.assignments AS a
    WHERE a.id = ${assignmentId}::uuid AND a.driver_id = ${driverId}::uuid
  )
`;

/** The driver accepts a trip. To accept it again changes nothing, also if the trip has gone on meanwhile. */
export async function acceptAssignment(which: WhichAssignment, deps: OrderDeps): Promise<void> {
  await answer(which, isAccepted, deps, (order, assignment) => accepted(order, assignment));
}

/** The driver declines a trip. To decline it again changes nothing. */
export async function declineAssignment(
  { reason, ...which }: WhichAssignment & { readonly reason: string },
  deps: OrderDeps,
): Promise<void> {
  const isDeclined = (status: AssignmentStatus) => status === 'driver_declined';
  await answer(which, isDeclined, deps, (order, assignment) =>
    driverLost(order, assignment, { how: 'declined', reason, ids: deps.ids }),
  );
}

/** Only a pending assignment can be answered. `isSame`: whether the same answer was given before. */
async function answer(
  which: WhichAssignment,
  isSame: (status: AssignmentStatus) => boolean,
  deps: OrderDeps,
  become: (order: OrderInHand, assignment: LiveAssignment) => Change,
): Promise<void> {
  const { assignmentId } = which;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, ofAssignment(which)),
    async (order, db) => {
      const live = order.assignments.find(({ id }) => id === assignmentId);
      if (live?.status === 'pending') return { change: become(order, live), answer: undefined };
      const status = live?.status ?? (await assignmentState(db, assignmentId));
      if (isSame(status)) return { answer: undefined };
      throw new AppError(
        status === 'timed_out' ? 'ASSIGNMENT_TIMED_OUT' : 'INVALID_ASSIGNMENT_STATE',
      );
    },
    deps,
  );
  if (!outcome) throw new AppError('ASSIGNMENT_NOT_FOUND');
}

function accepted(order: OrderInHand, assignment: LiveAssignment): Change {
  const { id, transporterId, driverId, holdId } = assignment;
  const now = { assignment, status: 'driver_accepted' } as const;
  const own = order.assignments.filter((each) => each.holdId === holdId);
  const pending = own.filter((each) => each.status === 'pending' && each.id !== id).length;
  return {
    happening: {
      becomes: ({ status }) => status,
      tells: (after) => [
        tellOfAssignment(after, now, driverAccepted, [transporterId], {
          message: 'The driver has accepted the trip.',
          holdId,
          trucksAccepted: own.length - pending,
          trucksPending: pending,
        }),
        tellOfAssignment(after, now, assignmentStatusChanged, [after.customerId], {
          message: 'The driver has accepted the trip and will come.',
        }),
      ],
      publishes: (after) =>
        publicationOf(DriverAnswered, after, {
          transporterId,
          assignmentId: id,
          driverId,
          answer: 'accepted',
        }),
    },
    additions: [noteAccepted(assignment), countAnswer(driverId, 'accepted')],
  };
}

import { DriverAnswered } from '../../contract/domain-events/orders.ts';
import {
  assignmentStatusChanged,
  driverDeclined,
  driverTimeout,
  tripCancelled,
} from '../../contract/events/assignments.ts';
import type { Telling } from '../../contract/events/event.ts';
import type { Ids } from '../../platform/ids.ts';
import { answerTimer } from '../changing/answer-timer.ts';
import type { Change } from '../changing/change.ts';
import { insertHold, type HoldToWrite } from '../holds/hold-statements.ts';
import { refreshOffer } from '../offers/offer-messages.ts';
import { tellCustomerRemaining } from '../telling/tell-remaining.ts';
import type { LiveAssignment, OrderInHand } from '../order/locked-order.ts';
import { publicationOf, tellOfAssignment } from '../telling/order-events.ts';
import { holdAfterNoSeconds } from '../order/order.ts';
import type { Changed } from '../order/changed.ts';
import { keepTrack } from '../trips/keep-track.ts';
import { countAnswer } from '../trips/driver-record-statements.ts';
import { endAssignments } from './assignment-statements.ts';

interface Loss {
  readonly how: 'declined' | 'timed_out' | 'given_up';
  readonly reason: string;
  /** Whether it was the transporter's wish, which says nothing about the driver. Default: no. */
  readonly byTransporter?: boolean;
}

const becomes = {
  declined: 'driver_declined',
  timed_out: 'timed_out',
  given_up: 'cancelled',
} as const;

const said = {
  declined: 'The driver has declined the trip.',
  timed_out: 'The driver has not answered in time.',
  given_up: 'The driver will not come.',
} as const;

/**
 * An assignment ends before its trip: the driver said no, said nothing, or gave up. Driver and vehicle are free again,
 * and the truck is the transporter's for another minute, under a new hold.
 */
export function driverLost(
  order: OrderInHand,
  assignment: LiveAssignment,
  { ids, ...loss }: Loss & { readonly ids: Ids },
): Change {
  const { id, truckRequestId, transporterId, driverId } = assignment;
  const { how, reason } = loss;
  const hold = holdAfterNo(order, assignment, ids);
  return {
    happening: {
      becomes: (truck) => (truck.id === truckRequestId ? 'held' : truck.status),
      holdId: hold.id,
      tells: (after) => tellEverybody(order, { assignment, loss, hold }, after),
      // With the new hold its line is back, if it has an offer.
      asksDispatch: () => [
        refreshOffer(order.id, transporterId),
        ...(how === 'given_up' ? [keepTrack(id)] : []),
      ],
      publishes: (after) =>
        publicationOf(DriverAnswered, after, {
          transporterId,
          assignmentId: id,
          driverId,
          answer: how,
        }),
    },
    additions: [
      ...endAssignments([assignment], becomes[how], reason),
      insertHold(hold),
      ...(loss.byTransporter === true
        ? []
        : [countAnswer(driverId, answerCounted(assignment, how))]),
    ],
    timers: [answerTimer(order, hold.expiresAt)],
  };
}

/** A driver who gives up what was never accepted has declined it. */
function answerCounted({ status }: LiveAssignment, how: Loss['how']) {
  return how === 'given_up' && status === 'pending' ? 'declined' : how;
}

function holdAfterNo(
  order: OrderInHand,
  { truckRequestId, transporterId }: LiveAssignment,
  ids: Ids,
): HoldToWrite {
  const truck = order.trucks.find(({ id }) => id === truckRequestId);
  if (!truck) throw new Error('An assignment is on no truck of its order');
  return {
    id: ids.next(),
    orderId: order.id,
    transporterId,
    vehicleKey: truck.vehicleKey,
    quantity: 1,
    afterNo: true,
    idempotencyKey: null,
    expiresAt: new Date(order.read_at.getTime() + holdAfterNoSeconds * 1000),
  };
}

interface Lost {
  readonly assignment: LiveAssignment;
  readonly loss: Loss;
  readonly hold: HoldToWrite;
}

/** The driver is not told what the driver has just said. */
function tellEverybody(
  order: OrderInHand,
  { assignment, loss: { how, reason }, hold }: Lost,
  after: Changed,
): readonly Telling[] {
  const { transporterId, driverId } = assignment;
  const now = { assignment, status: becomes[how] };
  const message = said[how];
  const toTransporter = how === 'timed_out' ? driverTimeout : driverDeclined;
  return [
    tellOfAssignment(after, now, toTransporter, [transporterId], {
      message,
      reason,
      holdId: hold.id,
      holdExpiresAt: hold.expiresAt.toISOString(),
    }),
    tellOfAssignment(after, now, assignmentStatusChanged, [after.customerId], { message }),
    tellCustomerRemaining(order, after, hold.vehicleKey),
    tellOfAssignment(after, now, tripCancelled, how === 'declined' ? [] : [driverId], {
      message: how === 'timed_out' ? 'You did not answer in time.' : 'The trip was given up.',
      reason,
      cancelledAt: after.at,
      compensationAmount: 0,
      settlementState: 'none',
    }),
  ];
}

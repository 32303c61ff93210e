import { OrderCancelled } from '../../contract/domain-events/orders.ts';
import { tripCancelled } from '../../contract/events/assignments.ts';
import type { Telling } from '../../contract/events/event.ts';
import { orderCancelled } from '../../contract/events/orders.ts';
import { endAssignments } from '../assignments/assignment-statements.ts';
import type { Change } from '../changing/change.ts';
import { endHolds } from '../holds/hold-statements.ts';
import { keepTrack } from '../trips/keep-track.ts';
import { freeChanged } from '../offers/offer-messages.ts';
import { maskedCustomer, namedCustomer } from '../order/names-shown.ts';
import type { OrderInHand } from '../order/locked-order.ts';
import { publicationOf, tellOf, tellOfAssignment } from '../telling/order-events.ts';
import { afterCancelling } from '../order/order.ts';
import type { Changed } from '../order/changed.ts';
import { insertCancellation, insertFees, type EndedWith } from './cancellation-store.ts';
import type { CancellationTerms } from './cancellation.ts';

interface Called {
  readonly reason: string | null;
  readonly terms: CancellationTerms;
}

/** The customer cancels an order. Holds and assignments end with it, and everybody who is part of it is told. */
export function calledOff(order: OrderInHand, { reason, terms }: Called): Change {
  const ends = endedWith(order);
  const feeOf = new Map(terms.rows.map(({ truckRequestId, fee }) => [truckRequestId, fee]));
  return {
    happening: {
      becomes: ({ status }) => afterCancelling(status),
      closesSearch: true,
      cancels: true,
      tells: (after) => [
        tellOf(after, orderCancelled, [after.customerId], {
          ...facts(order, reason, after),
          ...namedCustomer(order),
        }),
        ...tellTransporters(order, ends.transporters, reason, after),
        ...order.assignments.map((assignment) =>
          tellOfAssignment(
            after,
            { assignment, status: 'cancelled' },
            tripCancelled,
            [assignment.driverId],
            {
              message: 'The customer cancelled the order.',
              reason: reason ?? 'customer_cancelled',
              cancelledAt: after.at,
              // The customer pays for that truck what its driver gets.
              compensationAmount: feeOf.get(assignment.truckRequestId) ?? 0,
              settlementState: 'deferred',
            },
          ),
        ),
      ],
      asksDispatch: () => [
        ...ends.occupied.map((transporterId) => freeChanged(transporterId)),
        ...order.assignments.map(({ id }) => keepTrack(id)),
      ],
      publishes: (after) =>
        publicationOf(OrderCancelled, after, {
          cancelledTruckRequestIds: after.trucks.map(({ id }) => id),
        }),
    },
    additions: [
      insertCancellation(order.id, reason, terms, ends),
      insertFees(order.id, terms.rows),
      endHolds(order.holds, 'cancelled'),
      ...endAssignments(order.assignments, 'cancelled', 'customer_cancelled'),
    ],
  };
}

function endedWith({ offers, holds, assignments }: OrderInHand): EndedWith {
  const occupied = [...new Set([...holds, ...assignments].map((each) => each.transporterId))];
  const offered = offers.map(({ transporterId }) => transporterId);
  return {
    transporters: [...new Set([...offered, ...occupied])],
    occupied,
    drivers: assignments.length,
    assignments: assignments.length,
  };
}

/** P12: only a transporter with a truck on the order sees the customer's whole name and phone. */
function tellTransporters(
  order: OrderInHand,
  transporterIds: readonly string[],
  reason: string | null,
  after: Changed,
): readonly Telling[] {
  const tripsOf = Map.groupBy(order.assignments, ({ transporterId }) => transporterId);
  const others = transporterIds.filter((id) => !tripsOf.has(id));
  const common = { ...facts(order, reason, after), assignmentsCancelled: 0 };
  return [
    ...[...tripsOf].map(([id, own]) =>
      tellOf(after, orderCancelled, [id], {
        ...common,
        ...namedCustomer(order),
        assignmentsCancelled: own.length,
        tripId: own[0]?.id ?? null,
      }),
    ),
    tellOf(after, orderCancelled, others, { ...common, ...maskedCustomer(order) }),
  ];
}

function facts(order: OrderInHand, reason: string | null, { at }: Changed) {
  return {
    reason,
    message: 'The order was cancelled.',
    cancelledAt: at,
    assignmentsCancelled: order.assignments.length,
    tripId: null,
    pickupAddress: order.pickup_address,
    dropAddress: order.drop_address,
  };
}

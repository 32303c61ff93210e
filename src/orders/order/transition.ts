import type { Publication } from '../../contract/domain-events/domain-event.ts';
import { tell, type Telling } from '../../contract/events/event.ts';
import { bookingCompleted } from '../../contract/events/trips.ts';
import type { Sendable } from '../../contract/queues.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';
import type { Ids } from '../../platform/ids.ts';
import { dispatchEventFor, domainEventFor, eventFor } from '../../platform/outbox/events.ts';
import type { OutboxEvent } from '../../platform/outbox/events.ts';
import { changeOf, type Changed, type LockedOrder, type WhatHappens } from './changed.ts';
import type { OrderRow } from './order-row.ts';

/** Something that happens to an order, as a use case describes it. */
export interface Happening extends WhatHappens {
  /** The events to send to users, one for each audience. */
  readonly tells: (after: Changed) => readonly Telling[];
  /** What dispatch has to do afterwards. Default: nothing. */
  readonly asksDispatch?: (after: Changed) => readonly Sendable[];
  /** The domain event for other systems. */
  readonly publishes: (after: Changed) => Publication;
}

/** What changes in a locked order, and the events about it. */
export interface Transition extends Changed {
  readonly events: readonly OutboxEvent[];
}

export interface Surroundings {
  readonly ids: Ids;
  readonly at: Date;
}

/**
 * What changes in an order, and who is told. `order.ts` has which states follow which, and `writeTransitions` writes it.
 * Other systems hear of no test order.
 */
export function transitionOf(
  order: LockedOrder & Pick<OrderRow, 'customer_phone'>,
  happening: Happening,
  { ids, at }: Surroundings,
): Transition {
  const changed = changeOf(order, happening, at);
  const { tells, publishes, asksDispatch = () => [] } = happening;
  const told = [...tells(changed), ...tellCompleted(order, changed)]
    .filter(({ to }) => to.length > 0)
    .map((telling) => eventFor(telling, changed.at, ids));
  const asked = asksDispatch(changed).map((message) => dispatchEventFor(message, ids));
  const published = isTestNumber(order.customer_phone)
    ? []
    : [domainEventFor(publishes(changed), changed.at, ids)];
  return { ...changed, events: [...told, ...asked, ...published] };
}

/** Whatever completes an order, its customer and those who have driven for it learn it. */
function tellCompleted(order: LockedOrder, after: Changed): readonly Telling[] {
  if (after.status !== 'completed' || order.status === 'completed') return [];
  const { orderId, status, eventVersion, needed, filled, at } = after;
  const owners = order.trucks.flatMap(({ assigned }) => assigned?.transporterId ?? []);
  const ids = { orderId, bookingId: orderId, broadcastId: orderId };
  return [
    tell(bookingCompleted, [after.customerId, ...new Set(owners)], {
      ...ids,
      status,
      eventVersion,
      trucksCompleted: filled,
      completedAt: at,
      message:
        filled === needed
          ? 'All trucks of the order have delivered.'
          : `${filled} of ${needed} trucks have delivered. The order is completed without the others.`,
    }),
  ];
}

import type { Publication } from '../../contract/domain-events/domain-event.ts';
import type { Telling } from '../../contract/events/event.ts';
import type { OrderStatus, TruckStatus } from '../../contract/http/orders/views.ts';
import type { Ids } from '../../platform/ids.ts';
import { domainEventFor, eventFor, type OutboxEvent } from '../../platform/outbox/events.ts';
import { statusOf, type SearchReason } from './order.ts';

/** The fields of a locked order that a transition depends on. */
export interface LockedOrder {
  readonly id: string;
  readonly customer_id: string;
  readonly needed: number;
  readonly event_version: number;
  readonly search_closed_at: Date | null;
  readonly trucks: readonly { readonly id: string; readonly status: TruckStatus }[];
}

/** Something that happens to an order, as a use case describes it. */
export interface Happening {
  /** The new status of a truck. A truck that this does not concern keeps its status. */
  readonly becomes: (truck: LockedOrder['trucks'][number]) => TruckStatus;
  /** Whether this ends the search. A closed search stays closed. */
  readonly closesSearch: boolean;
  /** Whether the customer cancels the order. Default: no. */
  readonly cancels?: boolean;
  /** If the search found nobody: why. Default: no reason. */
  readonly reasonFor?: (status: OrderStatus) => SearchReason | null;
  /** The events to send to users, one for each audience. */
  readonly tells: (after: Changed) => readonly Telling[];
  /** The domain event for other systems. */
  readonly publishes: (after: Changed) => Publication;
}

/** An order right after something happened to it. */
export interface Changed {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly eventVersion: number;
  readonly needed: number;
  readonly claimed: number;
  readonly filled: number;
  readonly reasonCode: SearchReason | null;
  /** Only the trucks that changed, as they are now. */
  readonly trucks: LockedOrder['trucks'];
  /** ISO 8601. */
  readonly at: string;
}

/** What changes in a locked order, and the events about it. */
export interface Transition extends Changed {
  readonly closesSearch: boolean;
  readonly events: readonly OutboxEvent[];
}

interface Surroundings {
  readonly ids: Ids;
  readonly at: Date;
}

/** The one rule by which an order changes. Writing it is `writeTransitions`. */
export function transitionOf(
  order: LockedOrder,
  happening: Happening,
  { ids, at }: Surroundings,
): Transition {
  const { becomes, closesSearch, cancels = false, reasonFor, tells, publishes } = happening;
  const trucks = order.trucks.map((truck) => ({ id: truck.id, status: becomes(truck) }));
  const states = trucks.map(({ status }) => status);
  const filled = states.filter(isFilled).length;
  const claimed = filled + states.filter((state) => state === 'held').length;
  const searchOpen = order.search_closed_at === null && !closesSearch;
  const { needed } = order;
  const status = statusOf({
    searchOpen,
    cancelled: cancels,
    needed,
    claimed,
    filled,
    trucks: states,
  });
  const changed = {
    orderId: order.id,
    customerId: order.customer_id,
    status,
    eventVersion: order.event_version + 1,
    needed,
    claimed,
    filled,
    reasonCode: reasonFor?.(status) ?? null,
    trucks: trucks.filter((truck, i) => truck.status !== order.trucks[i]?.status),
    at: at.toISOString(),
  };
  const told = tells(changed).map((telling) => eventFor(telling, changed.at, ids));
  const published = domainEventFor(publishes(changed), changed.at, ids);
  return { ...changed, closesSearch, events: [...told, published] };
}

function isFilled(truck: TruckStatus): boolean {
  return truck === 'assigned' || truck === 'in_progress' || truck === 'completed';
}

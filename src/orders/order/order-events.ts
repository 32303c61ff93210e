import type * as z from 'zod';
import {
  publication,
  type DomainEventDeclaration,
  type Publication,
} from '../../contract/domain-events/domain-event.ts';
import { tell, type EventDeclaration, type Telling } from '../../contract/events/event.ts';
import type { Changed } from './transition.ts';

type NewsFields = 'orderId' | 'bookingId' | 'broadcastId' | 'status' | 'eventVersion';

/** Makes an event for users: the fields that every event of an order has, and those of this one. */
export function tellOf<E extends EventDeclaration>(
  { orderId, status, eventVersion }: Changed,
  event: E,
  to: readonly string[],
  more: Omit<z.input<E['data']>, NewsFields>,
): Telling {
  const ids = { orderId, bookingId: orderId, broadcastId: orderId };
  return tell<EventDeclaration>(event, to, { ...more, ...ids, status, eventVersion });
}

type FactsOfOrder =
  | 'orderId'
  | 'customerId'
  | 'status'
  | 'eventVersion'
  | 'trucksNeeded'
  | 'trucksFilled';

/** Makes a domain event: the fields that every domain event of an order has, and those of this one. */
export function publicationOf<E extends DomainEventDeclaration>(
  event: E,
  order: Pick<Changed, 'orderId' | 'customerId' | 'status' | 'eventVersion' | 'needed' | 'filled'>,
  more: Omit<z.input<E['data']>, FactsOfOrder>,
): Publication {
  const { orderId, customerId, status, eventVersion, needed, filled } = order;
  const facts = { orderId, customerId, status, eventVersion };
  return publication<DomainEventDeclaration>(event, {
    ...more,
    ...facts,
    trucksNeeded: needed,
    trucksFilled: filled,
  });
}

import type { DomainEventDeclaration } from './domain-event.ts';
import {
  DriverAnswered,
  HoldEnded,
  OfferChanged,
  OrderCancelled,
  OrderOffered,
  OrderPlaced,
  OrderSearchExpired,
  TrucksAssigned,
  TrucksHeld,
} from './orders.ts';
import { DriverRated, TripEnded, TripMoved, TripStalled } from './trips.ts';

/** The `source` of every event that we put on the bus. */
export const eventSource = 'weelo';

/** Every event that other systems can listen to. */
export const domainEvents = [
  OrderPlaced,
  OrderOffered,
  OfferChanged,
  TrucksHeld,
  HoldEnded,
  TrucksAssigned,
  DriverAnswered,
  OrderCancelled,
  OrderSearchExpired,
  TripMoved,
  TripEnded,
  TripStalled,
  DriverRated,
] as const satisfies readonly DomainEventDeclaration[];

const byName = new Map<string, DomainEventDeclaration>(
  domainEvents.map((each) => [each.name, each]),
);

/** The declaration of a domain event. */
export function domainEventNamed(name: string): DomainEventDeclaration | undefined {
  return byName.get(name);
}

import type { EventDeclaration } from './event.ts';
import { broadcastStateChanged, orderCancelled, orderExpired } from './orders.ts';

/** Every event that users are told. */
export const events = [
  orderCancelled,
  orderExpired,
  broadcastStateChanged,
] as const satisfies readonly EventDeclaration[];

const byName = new Map<string, EventDeclaration>(events.map((each) => [each.name, each]));

/** The declaration of an event. */
export function eventNamed(name: string): EventDeclaration | undefined {
  return byName.get(name);
}

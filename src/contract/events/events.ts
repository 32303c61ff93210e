import type { EventDeclaration } from './event.ts';
import { broadcastStateChanged, orderCancelled, orderExpired } from './orders.ts';

/** Every event that users are told. */
export const events = [
  orderCancelled,
  orderExpired,
  broadcastStateChanged,
] as const satisfies readonly EventDeclaration[];

import type { FreeChanged, RefreshOffer } from '../../contract/queues.ts';

/** For dispatch: a transporter has no truck of a kind left, or one again. */
export function freeChanged(transporterId: string, vehicleKey?: string): FreeChanged {
  return { kind: 'free-changed', transporterId, ...(vehicleKey !== undefined && { vehicleKey }) };
}

/** For dispatch: the offer of one order to one transporter may have gained or lost a line. */
export function refreshOffer(orderId: string, transporterId: string): RefreshOffer {
  return { kind: 'refresh-offer', orderId, transporterId };
}

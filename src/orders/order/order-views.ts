import type * as z from 'zod';
import type { OrderView } from '../../contract/http/orders/views.ts';
import { timeLeft, type OrderSnapshot } from './order-snapshot.ts';
import { isLive } from './order.ts';

const secondsLeft = (snapshot: OrderSnapshot, now: Date) =>
  snapshot.searchOpen ? Math.ceil(timeLeft(snapshot, now) / 1000) : 0;

export function orderView(snapshot: OrderSnapshot, now: Date): z.input<typeof OrderView> {
  return { ...snapshot.order, expiresIn: secondsLeft(snapshot, now) };
}

/** The state of the search: how many waves have begun, and how many transporters they found and asked. */
export function searchView(
  { searchOpen, wave, onlineCandidates, notifiedTransporters, reasonCode }: OrderSnapshot,
  now: Date,
) {
  const begun = wave > 0 ? 'dispatching' : 'queued';
  return {
    dispatchState: searchOpen ? begun : 'closed',
    dispatchAttempts: wave,
    onlineCandidates,
    notifiedTransporters,
    reasonCode,
    serverTimeMs: now.getTime(),
  };
}

export function detailView(snapshot: OrderSnapshot, now: Date) {
  const { requests } = snapshot;
  const count = (status: string) => requests.filter((each) => each.status === status).length;
  return {
    order: orderView(snapshot, now),
    requests,
    summary: {
      totalTrucks: requests.length,
      trucksFilled: snapshot.order.trucksFilled,
      trucksSearching: count('searching'),
      trucksExpired: count('expired'),
    },
  };
}

export function stateView(snapshot: OrderSnapshot, now: Date) {
  const { id, status, expiresAt, eventVersion } = snapshot.order;
  return {
    orderId: id,
    status,
    remainingSeconds: secondsLeft(snapshot, now),
    isActive: isLive(status),
    expiresAt,
    eventVersion,
    ...searchView(snapshot, now),
  };
}

/** One order in a customer's history. */
export function listedView(snapshot: OrderSnapshot, now: Date) {
  const count = (...statuses: readonly string[]) =>
    snapshot.requests.filter(({ status }) => statuses.includes(status)).length;
  return {
    ...orderView(snapshot, now),
    requestsSummary: {
      total: snapshot.requests.length,
      searching: count('searching', 'held'),
      assigned: count('assigned', 'in_progress'),
      completed: count('completed'),
      expired: count('expired'),
    },
  };
}

import type { OrderSnapshot } from '../order/order-snapshot.ts';
import { orderView, searchView } from '../order/order-views.ts';
import { searchSeconds } from './search-waves.ts';

/** The answer to the customer app when it has placed an order. */
export function placedView(snapshot: OrderSnapshot, now: Date) {
  const { requests } = snapshot;
  const kinds = Object.values(
    Object.groupBy(requests, (each) => `${each.vehicleType} ${each.vehicleSubtype}`),
  );
  return {
    order: orderView(snapshot, now),
    truckRequests: requests,
    broadcastSummary: {
      totalRequests: requests.length,
      totalTransportersNotified: snapshot.notifiedTransporters,
      groupedBy: kinds.flatMap((theirs = []) =>
        theirs.slice(0, 1).map(({ vehicleType, vehicleSubtype }) => ({
          vehicleType,
          vehicleSubtype,
          count: theirs.length,
          transportersNotified: snapshot.notifiedTransporters,
        })),
      ),
    },
    timeoutSeconds: searchSeconds,
    ...searchView(snapshot, now),
    recoveryHint: null,
  };
}

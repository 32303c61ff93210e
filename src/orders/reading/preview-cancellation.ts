import { cancellationTerms } from '../ending/cancellation.ts';
import { findCancellation } from '../ending/cancellation-store.ts';
import { cancellationView } from '../ending/cancellation-view.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { readOrder, type OwnOrder } from './read-order.ts';

/** What it would cost to cancel an order now; for a cancelled order, what it did cost. */
export async function previewCancellation(which: OwnOrder, deps: OrderDeps) {
  const { order, requests } = await readOrder(which, deps);
  const cancellation =
    order.status === 'cancelled'
      ? await deps.postgres.run((db) => findCancellation(db, order.id))
      : undefined;
  const terms = cancellation ?? cancellationTerms(requests.map(({ status }) => status));
  return cancellationView(terms, order.status);
}

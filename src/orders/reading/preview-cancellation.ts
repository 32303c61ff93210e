import { AppError } from '../../contract/errors.ts';
import { cancellationTerms } from '../ending/cancellation.ts';
import { findCancellation } from '../ending/cancellation-store.ts';
import { cancellationView } from '../ending/cancellation-view.ts';
import { findInTime } from '../ending/expire-orders.ts';
import { trucksToCancel } from '../ending/trucks-to-cancel.ts';
import { findOrder } from '../order/lock-store.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import type { OwnOrder } from './read-order.ts';

/**
 * What it would cost to cancel an order now; for a cancelled order, what it did cost. It is read from PostgreSQL,
 * because the cache does not know how long a truck has waited.
 */
export async function previewCancellation(which: OwnOrder, deps: OrderDeps) {
  await which.counted;
  const order = await findInTime(
    (db) => findOrder(db, which),
    (found) => (found?.is_overdue ? found.id : undefined),
    deps,
  );
  if (!order) throw new AppError('ORDER_NOT_FOUND');
  const { id, status, trucks } = order;
  const cancellation =
    status === 'cancelled' ? await deps.postgres.run((db) => findCancellation(db, id)) : undefined;
  const terms = cancellation ?? cancellationTerms(trucksToCancel(trucks), deps.clock.now());
  return cancellationView(terms, status);
}

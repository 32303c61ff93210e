import { FreeOfFleets, freeTrucksOf } from '../orders/holds/free-trucks.ts';
import { refreshOffer } from '../orders/offers/offer-messages.ts';
import type { OrderDeps } from '../orders/order/order-deps.ts';

interface Wave {
  readonly orderId: string;
  readonly asked: readonly string[];
  readonly kinds: readonly string[];
  /** The free trucks by which the wave was chosen. */
  readonly free: FreeOfFleets;
}

/**
 * P9, P10: while a wave was chosen, trucks of those whom it asks may have been taken, or freed. Whoever did that found
 * no offer to refresh yet. So the free trucks are looked at once more when the offers are there, and what differs is
 * refreshed. What changes from now on finds the offers.
 */
export async function refreshChanged(
  { orderId, asked, kinds, free }: Wave,
  { postgres, queues }: Pick<OrderDeps, 'postgres' | 'queues'>,
): Promise<void> {
  if (asked.length === 0) return;
  const now = new FreeOfFleets(await postgres.run((db) => freeTrucksOf(db, asked, kinds)));
  const isFree = (fleets: FreeOfFleets, id: string, kind: string) => fleets.of(id, kind).free > 0;
  const changed = asked.filter((id) =>
    kinds.some((kind) => isFree(now, id, kind) !== isFree(free, id, kind)),
  );
  if (changed.length === 0) return;
  await queues.dispatch.sendAll(changed.map((id) => ({ message: refreshOffer(orderId, id) })));
}

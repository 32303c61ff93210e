import type { Ids } from '../../platform/ids.ts';
import type { RelayDeps } from '../../platform/outbox/relay-events.ts';
import type { OrderCache } from './order-cache.ts';

/** What every use case of an order needs: stores, cache, queues, clock and ids. */
export interface OrderDeps extends RelayDeps {
  readonly cache: OrderCache;
  readonly ids: Ids;
}

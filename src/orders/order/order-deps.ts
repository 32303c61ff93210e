import type { Ids } from '../../platform/ids.ts';
import type { RelayDeps } from '../../platform/outbox/relay-events.ts';
import type { OrderCache } from './order-cache.ts';

/** What every story of an order needs: where orders stand, who else must know, and when it is. */
export interface OrderDeps extends RelayDeps {
  readonly cache: OrderCache;
  readonly ids: Ids;
}

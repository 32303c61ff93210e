import type { Database } from '../../platform/postgres/postgres.ts';
import type { OrderInHand } from '../order/locked-order.ts';
import { FreeOfFleets, freeTrucksOf } from './free-trucks.ts';

/**
 * The free trucks of all who have a live offer of an order, as if this hold had ended already. `less`: so many of its
 * trucks get a vehicle in the same moment.
 */
export async function freeOfOffers(
  order: OrderInHand,
  hold: { readonly id: string; readonly transporterId: string; readonly vehicleKey: string },
  db: Database,
  less = 0,
): Promise<FreeOfFleets> {
  const ids = order.offers.map(({ transporterId }) => transporterId);
  if (ids.length === 0) return new FreeOfFleets([]);
  const kinds = [...new Set(order.trucks.map(({ vehicleKey }) => vehicleKey))];
  const free = new FreeOfFleets(await freeTrucksOf(db, ids, kinds, hold.id));
  return free.less(hold.transporterId, hold.vehicleKey, less);
}

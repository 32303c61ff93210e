import type { VehicleKind } from '../../catalogue/vehicle-kind.ts';
import { AppError } from '../../contract/errors.ts';
import type { LiveHold, OrderInHand } from '../order/locked-order.ts';
import type { TruckRow } from '../order/order-row.ts';
import { limitedUntil } from './limited.ts';
import type { Standing } from './standing-store.ts';

interface Asked {
  readonly transporterId: string;
  readonly kind: Pick<VehicleKind, 'key'>;
  readonly quantity: number;
}

/** What of an order decides. */
interface OrderToHold extends Pick<OrderInHand, 'search_closed_at' | 'read_at'> {
  readonly holds: readonly LiveHold[];
  readonly trucks: readonly Pick<TruckRow, 'status' | 'vehicleKey'>[];
}

/** Every transporter who gets no truck learns why. Pure: a simulator refuses whom production refuses. */
export function refuseUnlessFree(
  order: OrderToHold,
  { transporterId, kind, quantity }: Asked,
  { offer, free, holding, lapsedAt }: Pick<Standing, 'offer' | 'free' | 'holding' | 'lapsedAt'>,
): void {
  if (order.search_closed_at !== null) throw new AppError('ORDER_INACTIVE');
  if (offer !== 'live') throw new AppError('ORDER_NOT_FOUND');
  const same = order.holds.find(
    (hold) => hold.transporterId === transporterId && hold.vehicleKey === kind.key && !hold.afterNo,
  );
  if (same) throw alreadyHolding(same);
  const until = limitedUntil(lapsedAt, order.read_at);
  if (until && holding + quantity > 1) {
    throw new AppError('HOLDS_LIMITED', { data: { until: until.toISOString() } });
  }
  const openTrucks = openTrucksOf(order, kind.key).length;
  if (quantity > openTrucks || quantity > free) {
    throw new AppError('NOT_ENOUGH_AVAILABLE', { data: { openTrucks, yourFreeTrucks: free } });
  }
}

/** Whoever lost the answer to its hold finds the hold here. */
function alreadyHolding({ id: holdId, quantity: heldQuantity, expiresAtMs }: LiveHold): AppError {
  const expiresAt = new Date(expiresAtMs).toISOString();
  return new AppError('ALREADY_HOLDING', { data: { holdId, heldQuantity, expiresAt } });
}

export function openTrucksOf<Each extends Pick<TruckRow, 'status' | 'vehicleKey'>>(
  { trucks }: { readonly trucks: readonly Each[] },
  vehicleKey: string,
): readonly Each[] {
  return trucks.filter((each) => each.status === 'searching' && each.vehicleKey === vehicleKey);
}

import type { VehicleKind } from '../../catalogue/vehicle-kind.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { activeHoldOf } from './holds-store.ts';

interface Asked {
  readonly orderId: string;
  readonly transporterId: string;
  readonly kind: VehicleKind;
}

/** What a transporter holds of an order and a kind: the hold that ends first, if there is one. */
export async function findActiveHold(
  { orderId, transporterId, kind }: Asked,
  { postgres }: Pick<OrderDeps, 'postgres'>,
) {
  const which = { orderId, transporterId, vehicleKey: kind.key };
  const hold = await postgres.run((db) => activeHoldOf(db, which));
  if (!hold) return null;
  return {
    holdId: hold.id,
    orderId,
    vehicleType: kind.type.id,
    vehicleSubtype: kind.captainName,
    quantity: hold.quantity,
    expiresAt: hold.expires_at.toISOString(),
    status: 'active' as const,
    phase: hold.after_no ? ('CONFIRMED' as const) : ('FLEX' as const),
    canExtend: false,
  };
}

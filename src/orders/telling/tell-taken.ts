import type { Telling } from '../../contract/events/event.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import type { LiveOffer, OrderInHand } from '../order/locked-order.ts';
import type { Changed } from '../order/changed.ts';
import { updateToldKinds } from '../offers/offer-statements.ts';
import { tellDismissed } from './tell-offers.ts';
import { tellCaptainsRemaining } from './tell-remaining.ts';

interface Taken {
  readonly vehicleKey: string;
  /** How many trucks were taken. */
  readonly trucks: number;
  /** Who took them, and keeps its line. */
  readonly by: string;
}

interface ToldTaken {
  readonly tells: (after: Changed) => readonly Telling[];
  readonly additions: readonly Sql[];
}

/**
 * Trucks of an order were taken. All who can serve the kind learn how many are left. P9: if none is left, those who hold
 * none lose that line, and for whom it was the last one, the order is gone until somebody gives a truck back.
 */
export function tellTaken(order: OrderInHand, { vehicleKey, trucks, by }: Taken): ToldTaken {
  const open = order.trucks.filter(
    (truck) => truck.vehicleKey === vehicleKey && truck.status === 'searching',
  );
  const told = order.offers.filter(({ toldKinds }) => toldKinds.includes(vehicleKey));
  const holders = order.holds.filter((hold) => hold.vehicleKey === vehicleKey);
  const keepLine = new Set([by, ...holders.map(({ transporterId }) => transporterId)]);
  const others =
    open.length > trucks ? [] : told.filter(({ transporterId }) => !keepLine.has(transporterId));
  const left = others.map((offer) => ({
    transporterId: offer.transporterId,
    toldKinds: offer.toldKinds.filter((kind) => kind !== vehicleKey),
  }));
  const gone = new Set(
    left.flatMap((each) => (each.toldKinds.length > 0 ? [] : each.transporterId)),
  );
  const ids = (offers: readonly LiveOffer[]) => offers.map(({ transporterId }) => transporterId);
  return {
    tells: (after) => [
      tellCaptainsRemaining(
        order,
        after,
        vehicleKey,
        ids(told).filter((id) => !gone.has(id)),
      ),
      tellDismissed(order, after, [...gone], 'all_held'),
    ],
    additions: left.length > 0 ? [updateToldKinds(order.id, left)] : [],
  };
}

import type { Telling } from '../../contract/events/event.ts';
import { tell } from '../../contract/events/event.ts';
import { broadcastDismissed, newBroadcast } from '../../contract/events/offers.ts';
import type { Sql } from '../../platform/postgres/postgres.ts';
import type { FreeOfFleets } from '../holds/free-trucks.ts';
import { maskedCustomer } from '../order/names-shown.ts';
import type { LiveOffer, OrderInHand } from '../order/locked-order.ts';
import { tellOf } from './order-events.ts';
import type { WholeOrder } from '../order/order-row.ts';
import type { Changed } from '../order/changed.ts';
import { offerLines } from '../offers/offer-lines.ts';
import { updateToldKinds } from '../offers/offer-statements.ts';
import { offerView, type ShownOffer } from '../offers/offer-view.ts';

interface ToldAgain {
  readonly tells: (after: Changed) => readonly Telling[];
  readonly additions: readonly Sql[];
}

/**
 * Tells live offers again, because other trucks are open or free than before. A transporter who can serve no kind any
 * more is told that the order is gone, once. `next`: the order as this transition makes it.
 */
export function tellOffersAgain(
  next: OrderInHand,
  offers: readonly LiveOffer[],
  free: FreeOfFleets,
): ToldAgain {
  const shown = offers.map((offer) => ({
    offer,
    order: next,
    transporterId: offer.transporterId,
    distanceKm: offer.distanceKm,
    lines: offerLines(next, offer.transporterId, free),
  }));
  const told = shown.filter(({ offer, lines }) => lines.length > 0 || offer.toldKinds.length > 0);
  const kinds = told.map(({ transporterId, lines }) => ({
    transporterId,
    toldKinds: lines.map(({ vehicleKey }) => vehicleKey),
  }));
  return {
    tells: (after) =>
      told.map((each) =>
        each.lines.length > 0
          ? tellOffer(each, after)
          : tellDismissed(next, after, [each.transporterId], whyGone(next)),
      ),
    additions: told.length > 0 ? [updateToldKinds(next.id, kinds)] : [],
  };
}

function whyGone({ trucks }: OrderInHand) {
  return trucks.some(({ status }) => status === 'searching') ? 'no_free_trucks' : 'all_held';
}

/** The event of one offer, as it is after this transition. */
export function tellOffer(shown: ShownOffer, after: Changed): Telling {
  const order: WholeOrder = {
    ...shown.order,
    status: after.status,
    filled: after.filled,
    event_version: after.eventVersion,
  };
  const view = offerView({ ...shown, order }, new Date(after.at));
  return tell(newBroadcast, [shown.transporterId], view);
}

const why = {
  fully_filled: 'All trucks of this order are found.',
  all_held: 'Others hold all trucks of this order. It comes back if they give one up.',
  no_free_trucks: 'You have no free truck for this order any more.',
  suspended: 'This order is not on offer to you any more.',
} as const;

export function tellDismissed(
  order: Pick<OrderInHand, 'customer_name' | 'customer_phone'>,
  after: Changed,
  to: readonly string[],
  reason: keyof typeof why,
): Telling {
  return tellOf(after, broadcastDismissed, to, {
    id: after.orderId,
    reason,
    message: why[reason],
    customerName: maskedCustomer(order).customerName,
    dispatchRevision: after.eventVersion,
    orderLifecycleVersion: after.eventVersion,
    serverTimeMs: Date.parse(after.at),
  });
}

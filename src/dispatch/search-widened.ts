import { OrderOffered } from '../contract/domain-events/orders.ts';
import type { Change } from '../orders/changing/change.ts';
import type { FreeOfFleets } from '../orders/holds/free-trucks.ts';
import { offerLines } from '../orders/offers/offer-lines.ts';
import { insertOffers } from '../orders/offers/offer-statements.ts';
import { tellOffer } from '../orders/telling/tell-offers.ts';
import type { OrderInHand } from '../orders/order/locked-order.ts';
import { publicationOf } from '../orders/telling/order-events.ts';
import type { Choice } from './choose-transporters.ts';

interface Widening {
  readonly wave: number;
  readonly choices: readonly Choice[];
  readonly free: FreeOfFleets;
}

/** A wave has begun: these transporters are asked. There may be none; the customer's figures change all the same. */
export function searchWidened(order: OrderInHand, { wave, choices, free }: Widening): Change {
  const asked = choices.filter(({ verdict }) => verdict === 'asked');
  const fresh = choices.filter(({ verdict }) => verdict !== 'asked_already');
  const offers = asked.map(({ id: transporterId, distanceKm, kinds }) => ({
    order,
    transporterId,
    distanceKm,
    toldKinds: kinds,
    lines: offerLines(order, transporterId, free).filter((line) => kinds.includes(line.vehicleKey)),
  }));
  const toMake = offers.map(({ transporterId, distanceKm, toldKinds }) => ({
    transporterId,
    distanceKm,
    toldKinds,
  }));
  const onlineCandidates = Math.max(
    // Those who were passed over are found again by the next wave.
    order.online_candidates,
    order.notified_transporters + fresh.length,
  );
  return {
    happening: {
      becomes: ({ status }) => status,
      search: {
        wave,
        onlineCandidates,
        notifiedTransporters: order.notified_transporters + asked.length,
      },
      tells: (after) => offers.map((offer) => tellOffer(offer, after)),
      publishes: (after) =>
        publicationOf(OrderOffered, after, {
          wave,
          transporterIds: asked.map(({ id }) => id),
          onlineCandidates,
        }),
    },
    additions: offers.length > 0 ? [insertOffers(order.id, wave, toMake)] : [],
  };
}

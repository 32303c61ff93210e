import { OfferChanged } from '../../contract/domain-events/orders.ts';
import type { Database } from '../../platform/postgres/postgres.ts';
import { changeOrder, type Decided } from '../changing/change-order.ts';
import { FreeOfFleets, freeTrucksOf } from '../holds/free-trucks.ts';
import { lockOrderWhere, type OrderInHand } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { publicationOf } from '../telling/order-events.ts';
import { offerLines } from './offer-lines.ts';
import { tellOffersAgain } from '../telling/tell-offers.ts';
import { wasOffered } from './was-offered.ts';

interface WhichOffer {
  readonly orderId: string;
  readonly transporterId: string;
}

/**
 * A transporter has other trucks free than before, so an offer may gain or lose a line. The transporter is told if the
 * kinds are not those that it was told last. So a message that comes twice, or late, changes nothing.
 */
export async function refreshOffer(which: WhichOffer, deps: OrderDeps): Promise<void> {
  const { orderId, transporterId } = which;
  await changeOrder(
    (db) => lockOrderWhere(db, wasOffered({ orderId, transporterId })),
    (order, db) => decide(order, transporterId, db),
    deps,
  );
}

async function decide(
  order: OrderInHand,
  transporterId: string,
  db: Database,
): Promise<Decided<undefined>> {
  const offer = order.offers.find((each) => each.transporterId === transporterId);
  if (!offer) return { answer: undefined };
  const kinds = [...new Set(order.trucks.map(({ vehicleKey }) => vehicleKey))];
  const free = new FreeOfFleets(await freeTrucksOf(db, [transporterId], kinds));
  const vehicleKeys = offerLines(order, transporterId, free).map(({ vehicleKey }) => vehicleKey);
  const told = new Set(offer.toldKinds);
  const isSame = told.size === vehicleKeys.length && vehicleKeys.every((each) => told.has(each));
  if (isSame) return { answer: undefined };
  const again = tellOffersAgain(order, [offer], free);
  return {
    change: {
      happening: {
        becomes: ({ status }) => status,
        tells: again.tells,
        publishes: (after) =>
          publicationOf(OfferChanged, after, { transporterId, what: 'refreshed', vehicleKeys }),
      },
      additions: again.additions,
    },
    answer: undefined,
  };
}

import { OfferChanged } from '../../contract/domain-events/orders.ts';
import { AppError } from '../../contract/errors.ts';
import { countOne } from '../../platform/logs/observability.ts';
import { sql, type Database } from '../../platform/postgres/postgres.ts';
import type { Change } from '../changing/change.ts';
import { changeOrder } from '../changing/change-order.ts';
import { lockOrderWhere } from '../order/locked-order.ts';
import type { OrderDeps } from '../order/order-deps.ts';
import { publicationOf } from '../telling/order-events.ts';
import { declineOffer as noteDeclined } from './offer-statements.ts';
import { wasOffered } from './was-offered.ts';

interface Input {
  readonly orderId: string;
  readonly transporterId: string;
  readonly reason?: string | undefined;
}

/** A transporter does not want an order. It is not offered to it again. To decline a second time changes nothing. */
export async function declineOffer({ reason, ...which }: Input, deps: OrderDeps) {
  const { orderId, transporterId } = which;
  const outcome = await changeOrder(
    (db) => lockOrderWhere(db, wasOffered({ orderId, transporterId })),
    async (order, db) => {
      const offer = order.offers.find((each) => each.transporterId === transporterId);
      if (!offer) {
        await noteLateNo(db, { ...which, reason });
        return { answer: undefined };
      }
      if (offer.holds) throw new AppError('ALREADY_HOLDING');
      const change: Change = {
        happening: {
          becomes: ({ status }) => status,
          tells: () => [],
          publishes: (after) =>
            publicationOf(OfferChanged, after, {
              transporterId,
              what: 'declined',
              vehicleKeys: [],
            }),
        },
        additions: [noteDeclined(which, reason ? reason : null)],
      };
      return { change, answer: undefined };
    },
    deps,
  );
  if (!outcome) throw new AppError('ORDER_NOT_FOUND');
  if (outcome.transition) countOne('OffersDeclined');
}

/** A no that comes after the search has ended changes nothing, but counts as an answer. */
async function noteLateNo(db: Database, { orderId, transporterId, reason }: Input): Promise<void> {
  await db.$executeRaw(sql`
    UPDATE weelo.offers SET answer = 'declined', answered_at = clock_timestamp(), reason = ${reason ? reason : null}
    WHERE order_id = ${orderId}::uuid AND transporter_id = ${transporterId}::uuid AND answer IS NULL
  `);
}

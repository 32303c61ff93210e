import { AppError } from '../../contract/errors.ts';
import { isLive } from '../../orders/order/order.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { addShareLink, revokeShareLinks, type OwnOrder } from './share-store.ts';
import { hashOf, newShareToken } from './share-token.ts';

export interface ShareDeps {
  readonly postgres: Pick<Postgres, 'run'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Makes a link with which anybody can watch the trips of an order. The token is not stored, so the same link cannot be
 * given twice: each call makes another one, and those before go on working.
 */
export async function shareOrder(which: OwnOrder, deps: ShareDeps) {
  const { postgres, clock, ids } = deps;
  const token = newShareToken();
  const createdAt = clock.now();
  const link = { ...which, linkId: ids.next(), tokenHash: hashOf(token), createdAt };
  const status = await postgres.run((db) => addShareLink(db, link));
  if (!status) throw new AppError('ORDER_NOT_FOUND');
  if (!isLive(status)) throw new AppError('TRIP_ENDED');
  return {
    orderId: which.orderId,
    url: `/t/${token}`,
    token,
    createdAt: createdAt.toISOString(),
    message: 'Whoever has this link can watch your trucks until the last trip ends.',
  };
}

/** Ends every link of an order. If there is none, nothing changes. */
export async function revokeShares(
  which: OwnOrder,
  { postgres, clock }: Pick<ShareDeps, 'postgres' | 'clock'>,
) {
  const revoked = await postgres.run((db) => revokeShareLinks(db, which, clock.now()));
  if (revoked === undefined) throw new AppError('ORDER_NOT_FOUND');
  return { message: 'Nobody can watch your order by a link any more.', revoked };
}

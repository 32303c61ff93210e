import { AppError } from '../../contract/errors.ts';
import { isLive } from '../../orders/order/order.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { addShareLink, deleteShareLinks, revokeShareLinks, type OwnOrder } from './share-store.ts';
import { hashOf, newShareToken } from './share-token.ts';

export interface ShareDeps {
  readonly postgres: Pick<Postgres, 'run' | 'transaction'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Links of one order. A further one ends the oldest: to be refused would be worse, because who has lost count of their
 * links could only revoke all of them.
 */
const mostLinks = 20;

/** In days after the order's end. So long, who has a link is told that the trip has ended. */
const keptDays = 7;

/**
 * Makes a link with which anybody can watch the trips of an order. The token is not stored, so the same link cannot be
 * given twice: each call makes another one, and the latest of those before go on working.
 */
export async function shareOrder(which: OwnOrder, deps: ShareDeps) {
  const { postgres, clock, ids } = deps;
  const token = newShareToken();
  const createdAt = clock.now();
  const link = { ...which, linkId: ids.next(), tokenHash: hashOf(token), createdAt };
  const status = await postgres.transaction((db) => addShareLink(db, link, mostLinks));
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

/** For the reconciler: deletes links of orders that ended long ago. Answers how many, at most `most`. */
export function forgetShares(
  most: number,
  { postgres, clock }: Pick<ShareDeps, 'postgres' | 'clock'>,
): Promise<number> {
  const endedBefore = new Date(clock.now().getTime() - keptDays * 86_400_000);
  return postgres.run((db) => deleteShareLinks(db, endedBefore, most));
}

import type { Postgres } from '../../platform/postgres/postgres.ts';
import { searchOf } from '../order/lock-store.ts';

/** How much time a search has left. Nothing for a search that is over or never began. */
export async function openSearch(
  orderId: string,
  { postgres }: { readonly postgres: Postgres },
): Promise<{ readonly millisecondsLeft: number } | undefined> {
  return postgres.run((db) => searchOf(db, orderId));
}

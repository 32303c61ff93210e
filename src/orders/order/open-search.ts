import type { Postgres } from '../../platform/postgres/postgres.ts';
import { searchOf } from './lock-store.ts';

/** How long a search lasts still; nothing for one that is over, or never was. */
export async function openSearch(
  orderId: string,
  { postgres }: { readonly postgres: Postgres },
): Promise<{ readonly millisecondsLeft: number } | undefined> {
  return postgres.run((db) => searchOf(db, orderId));
}

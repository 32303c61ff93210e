import { logger } from '../../platform/logs/observability.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { setSuspension } from './account-store.ts';
import { accountFacts, accountNamed, noSuchAccount, type NamedAccount } from './named-account.ts';

/** Ends a suspension. The sessions that it ended stay ended, so the user must log in again. */
export async function restoreAccount(
  named: NamedAccount,
  { postgres }: { readonly postgres: Postgres },
) {
  const account = accountNamed(named);
  const user = await postgres.run((db) => setSuspension(db, account, null));
  if (!user) throw noSuchAccount(account);
  logger.info('Account restored', { userId: user.id, role: user.role });
  return { account: accountFacts(user) };
}

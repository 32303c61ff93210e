import { logger } from '../../platform/logs/observability.ts';
import { userByPhone } from './account-store.ts';
import { endSessions, type EndSessionsDeps } from '../sessions/end-sessions.ts';
import { accountFacts, accountNamed, noSuchAccount, type NamedAccount } from './named-account.ts';

/** P16: logs a user out everywhere, for example after a phone was lost. The user may log in again. */
export async function endAccountSessions(named: NamedAccount, deps: EndSessionsDeps) {
  const account = accountNamed(named);
  const user = await deps.postgres.run((db) => userByPhone(db, account));
  if (!user) throw noSuchAccount(account);
  const endedSessions = await endSessions({ userId: user.id }, deps);
  logger.info('Sessions ended', { userId: user.id, role: user.role, endedSessions });
  return { account: accountFacts(user), endedSessions };
}

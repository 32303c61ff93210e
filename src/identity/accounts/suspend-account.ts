import { logger } from '../../platform/logs/observability.ts';
import { setSuspension } from './account-store.ts';
import { endSessions, type EndSessionsDeps } from '../sessions/end-sessions.ts';
import { accountFacts, accountNamed, noSuchAccount, type NamedAccount } from './named-account.ts';

interface Input extends NamedAccount {
  readonly reason: string;
}

/**
 * P16: stops an account from logging in, and ends its sessions. A login at the same time either sees the suspension, or
 * its session is ended too. If this fails, call it again: it does what is left. A transporter's drivers stay logged in,
 * so that a load on the road arrives. But a driver who logs out cannot log in again.
 */
export async function suspendAccount({ reason, ...named }: Input, deps: EndSessionsDeps) {
  const account = accountNamed(named);
  const user = await deps.postgres.run((db) => setSuspension(db, account, reason));
  if (!user) throw noSuchAccount(account);
  const endedSessions = await endSessions({ userId: user.id }, deps);
  logger.info('Account suspended', { userId: user.id, role: user.role, endedSessions });
  const suspendedAt = user.suspended_at?.toISOString();
  return { account: accountFacts(user), suspendedAt, reason, endedSessions };
}

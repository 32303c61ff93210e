import { logger } from '../../platform/logs/observability.ts';
import { setSuspension } from './account-store.ts';
import { endSessions, type EndSessionsDeps } from '../sessions/end-sessions.ts';
import { accountFacts, accountNamed, noSuchAccount, type NamedAccount } from './named-account.ts';

interface Input extends NamedAccount {
  readonly reason: string;
}

/**
 * P16: lets somebody in no more, and ends what they had opened. A login that comes between the two finds the
 * suspension, or is found by the end. Done again, it finishes what a fault left. A transporter's drivers stay logged
 * in: a load that is on the road arrives, and who logs out cannot come back.
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

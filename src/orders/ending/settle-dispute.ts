import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import { closeDispute, openDisputes } from './dispute-store.ts';

interface Deps {
  readonly postgres: Pick<Postgres, 'run'>;
  readonly clock: Clock;
}

const mostShown = 100;

/** For operators: the disputes that wait for them, the oldest first, and whom to call. */
export async function listDisputes({ postgres }: Pick<Deps, 'postgres'>) {
  return { disputes: await postgres.run((db) => openDisputes(db, mostShown)) };
}

/**
 * For operators: writes down what came of a dispute. Nobody is told of it: the operator has talked to both sides. The
 * first settlement stays, and a second run answers it.
 */
export async function settleDispute(
  { disputeId, outcome }: { readonly disputeId: string; readonly outcome: string },
  { postgres, clock }: Deps,
) {
  const asked = { disputeId, settlement: outcome, at: clock.now() };
  const settled = await postgres.run((db) => closeDispute(db, asked));
  if (!settled) throw new Error(`There is no dispute ${disputeId}. "list-disputes" shows them.`);
  logger.info('A dispute is settled', { disputeId, orderId: settled.orderId });
  return settled;
}

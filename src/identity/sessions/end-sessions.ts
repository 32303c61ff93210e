import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { SessionsEnded } from '../../contract/queues.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Queue } from '../../platform/aws/queues.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import { forgetDevicesOf } from '../devices/device-tokens.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { SessionMirror } from './session-mirror.ts';
import {
  endSessionsOf,
  noteEndsTold,
  untoldEnds,
  type EndedSession,
  type Ending,
} from './session-store.ts';

export interface EndSessionsDeps {
  readonly postgres: Postgres;
  readonly mirror: SessionMirror;
  readonly endedSessions: EndedSessions;
  readonly table: StateTable;
  readonly queues: { readonly notify: Pick<Queue, 'sendAll'> };
}

/**
 * P16: ends one session of a user, or all of them, and answers how many. The ends are written to PostgreSQL first, and
 * then to the table that is read when access tokens are checked. If this fails in between, it can be called again, or
 * the reconciler does what is left.
 */
export async function endSessions(which: Ending, deps: EndSessionsDeps): Promise<number> {
  const ended = await deps.postgres.run((db) => endSessionsOf(db, which));
  await tellEnds(ended, deps);
  return ended.length;
}

/** Announces the ends that were not announced when they happened. Answers how many there were. */
export async function tellEndedSessions(most: number, deps: EndSessionsDeps): Promise<number> {
  const untold = await deps.postgres.run((db) => untoldEnds(db, most));
  await tellEnds(untold, deps);
  return untold.length;
}

/**
 * Writes ends that are in PostgreSQL to the table that is read when access tokens are checked, and has the sockets of
 * these sessions closed. If the queue is away, the sessions have ended all the same, and the reconciler tells it later.
 */
export async function tellEnds(
  sessions: readonly EndedSession[],
  { postgres, mirror, endedSessions, table, queues }: EndSessionsDeps,
): Promise<void> {
  if (sessions.length === 0) return;
  await Promise.all([endedSessions.tell(sessions), mirror.forget(sessions)]);
  // After the ends are written: a device that registers at the same time is either found here, or refused there.
  await forgetDevicesOf(sessions, { table });
  try {
    await queues.notify.sendAll(closings(sessions));
  } catch (error) {
    logger.warn('Sockets of ended sessions are left to the reconciler', { error });
    return;
  }
  await postgres.run((db) =>
    noteEndsTold(
      db,
      sessions.map(({ id }) => id),
    ),
  );
}

/** One message for each user. */
function closings(sessions: readonly EndedSession[]) {
  const byUser = Map.groupBy(sessions, ({ userId }) => userId);
  return [...byUser].map(([userId, theirs]) => {
    const sessionIds = theirs.map(({ id }) => id);
    return { message: { kind: 'sessions-ended', userId, sessionIds } satisfies SessionsEnded };
  });
}

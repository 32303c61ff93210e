import type { Postgres } from '../../platform/postgres/postgres.ts';
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

/** Writes ends that are in PostgreSQL to the table that is read when access tokens are checked. */
export async function tellEnds(
  sessions: readonly EndedSession[],
  { postgres, mirror, endedSessions, table }: EndSessionsDeps,
): Promise<void> {
  if (sessions.length === 0) return;
  await Promise.all([endedSessions.tell(sessions), mirror.forget(sessions)]);
  // After the ends are written: a device that registers at the same time is either found here, or refused there.
  await forgetDevicesOf(sessions, { table });
  await postgres.run((db) =>
    noteEndsTold(
      db,
      sessions.map(({ id }) => id),
    ),
  );
}

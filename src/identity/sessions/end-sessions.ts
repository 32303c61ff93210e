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
 * P16: ends one session of a user, or all of them; says how many. First PostgreSQL knows it, then everyone who
 * checks access tokens: whoever fails in between can be called again, and the reconciler does what was left.
 */
export async function endSessions(which: Ending, deps: EndSessionsDeps): Promise<number> {
  const ended = await deps.postgres.run((db) => endSessionsOf(db, which));
  await tellEnds(ended, deps);
  return ended.length;
}

/** Ends that were not told when they happened; says how many there were. */
export async function tellEndedSessions(most: number, deps: EndSessionsDeps): Promise<number> {
  const untold = await deps.postgres.run((db) => untoldEnds(db, most));
  await tellEnds(untold, deps);
  return untold.length;
}

/** Tells everyone who checks access tokens of ends that stand in PostgreSQL. */
export async function tellEnds(
  sessions: readonly EndedSession[],
  { postgres, mirror, endedSessions, table }: EndSessionsDeps,
): Promise<void> {
  if (sessions.length === 0) return;
  await Promise.all([endedSessions.tell(sessions), mirror.forget(sessions)]);
  // After the ends are told: what is registered in between is found here, or refused there.
  await forgetDevicesOf(sessions, { table });
  await postgres.run((db) =>
    noteEndsTold(
      db,
      sessions.map(({ id }) => id),
    ),
  );
}

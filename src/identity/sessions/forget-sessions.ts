import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import { forgetDevicesOf } from '../devices/device-tokens.ts';
import { deleteSessions, sessionsLongOver } from './session-store.ts';

interface Deps {
  readonly postgres: Postgres;
  readonly table: StateTable;
}

/**
 * Deletes sessions that expired more than a day ago, and answers how many. It deletes their device tokens first. So
 * every phone that still gets messages has a session that can be ended.
 */
export async function forgetSessions(most: number, { postgres, table }: Deps): Promise<number> {
  const over = await postgres.run((db) => sessionsLongOver(db, most));
  await forgetDevicesOf(over, { table });
  const ids = over.map(({ id }) => id);
  await postgres.run((db) => deleteSessions(db, ids));
  return ids.length;
}

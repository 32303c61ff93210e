import type { Database } from '../../platform/postgres/postgres.ts';
import { countOverdue } from './due-store.ts';

/** How many deadlines have passed and were not met, for operators. Readers are shown these orders as over already. */
export async function showOverdue(db: Database) {
  const { searches, holds, answers, oldestSeconds } = await countOverdue(db);
  return { overdue: searches + holds + answers, searches, holds, answers, oldestSeconds };
}

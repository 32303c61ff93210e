import type { StateTable } from '../aws/state-table.ts';
import type { Clock } from '../clock.ts';
import { logger } from '../logs/observability.ts';
import type { Postgres } from './postgres.ts';

/**
 * A database that may sleep: it pauses while nobody is connected, and costs nothing then. The schedule that repairs
 * what was lost would keep it awake for ever. So whoever uses the database notes it outside, and the schedule asks
 * there first.
 */
export interface Wakefulness {
  /** Notes that the database is used. Once a minute is enough. */
  noteUse(): Promise<void>;
  /** Whether there may be something to repair. */
  mayHaveWork(): Promise<boolean>;
  /** Notes that everything has been repaired. */
  noteRepair(): Promise<void>;
}

const minute = 60_000;
/** Longer than any timer of a search, a hold or an answer: what was lost of those is repaired within it. */
const workFollowsForMs = 15 * minute;
/** What is due on a clock of hours (trips that stand still, papers that expire, what is to be forgotten) waits so long. */
const repairedEveryMs = 6 * 60 * minute;
const rememberedMs = 30 * 24 * 60 * minute;

const key = { pk: 'database', sk: 'wakefulness' };

export function openWakefulness(
  table: Pick<StateTable, 'get' | 'merge'>,
  clock: Clock,
): Wakefulness {
  const now = () => clock.now().getTime();
  const note = async (facts: Readonly<Record<string, number>>) => {
    await table.merge(key, facts, new Date(now() + rememberedMs));
  };
  let notedAt = -Infinity;
  return {
    noteUse: async () => {
      if (now() - notedAt < minute) return;
      const before = notedAt;
      notedAt = now();
      await note({ usedAt: notedAt }).catch((error: unknown) => {
        notedAt = before;
        logger.warn('The use of the database was not noted', { error: String(error) });
      });
    },
    mayHaveWork: async () => {
      const known = await table.get(key).catch(() => undefined);
      const since = (fact: string) => now() - Number(known?.[fact] ?? -Infinity);
      return since('usedAt') < workFollowsForMs || since('repairedAt') >= repairedEveryMs;
    },
    noteRepair: () => note({ repairedAt: now() }),
  };
}

/** Notes each use, while the work goes on. */
export function notingUse(postgres: Postgres, wakefulness: Pick<Wakefulness, 'noteUse'>): Postgres {
  const noted = async <T>(work: Promise<T>): Promise<T> => {
    const [done] = await Promise.allSettled([work, wakefulness.noteUse()]);
    if (done.status === 'rejected') throw done.reason;
    return done.value;
  };
  return {
    ...postgres,
    run: (work) => noted(postgres.run(work)),
    transaction: (work) => noted(postgres.transaction(work)),
  };
}

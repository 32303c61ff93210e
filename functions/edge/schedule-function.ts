import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { logger } from '../../src/platform/logs/observability.ts';
import { observe } from './observe.ts';

/** Answers how much it repaired. It must end within the time that it is given. */
export type Repair = (timeLeftMs: () => number) => Promise<number>;

/** Time to finish a started batch, and to log the result, before Lambda ends the function. */
const reserveMs = 10_000;

/** Whether there may be something to repair, for a schedule whose work costs more than that question. */
interface Occasion {
  readonly mayHaveWork: () => Promise<boolean>;
  readonly noteRepair: () => Promise<void>;
}

/**
 * The handler of a schedule. Every repair gets its share of the time, even if others fail. `occasion`: without it, all
 * is repaired each time.
 */
export function scheduleFunction(repairs: Readonly<Record<string, Repair>>, occasion?: Occasion) {
  return middy<ScheduledEvent, undefined>()
    .use(observe())
    .handler(async (_, context) => {
      if (occasion && !(await occasion.mayHaveWork())) {
        logger.info('CleanupJob', { repairs: 0, reason: 'Nobody has used the database lately' });
        return;
      }
      const failures: Error[] = [];
      const turns = Object.entries(repairs);
      for (const [i, [name, repair]] of turns.entries()) {
        const left = () => context.getRemainingTimeInMillis() - reserveMs;
        const share = left() / (turns.length - i);
        const endsWith = left() - share;
        try {
          const repaired = await repair(() => left() - endsWith);
          logger.info('CleanupJob', { repair: name, repaired });
        } catch (error) {
          failures.push(new Error(`The repair ${name} failed`, { cause: error }));
        }
      }
      logger.info('CleanupJob', { repairs: turns.length, failed: failures.length });
      if (failures.length > 0) throw new AggregateError(failures, 'Some repairs failed');
      await occasion?.noteRepair();
    });
}

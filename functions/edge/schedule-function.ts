import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { logger } from '../../src/platform/logs/observability.ts';
import { observe } from './observe.ts';

/** Says how much it repaired. It ends while there is time left of what it was given. */
export type Repair = (timeLeftMs: () => number) => Promise<number>;

/** Enough to end what was begun, and to say how far it got, before Lambda ends the function. */
const reserveMs = 10_000;

/** The handler of a schedule: every repair gets its turn and its share of the time, whatever becomes of the others. */
export function scheduleFunction(repairs: Readonly<Record<string, Repair>>) {
  return middy<ScheduledEvent, undefined>()
    .use(observe())
    .handler(async (_, context) => {
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
    });
}

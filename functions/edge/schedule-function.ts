import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { logger } from '../../src/platform/logs/observability.ts';
import { observe } from './observe.ts';

/** Answers how much it repaired. It must end within the time that it is given. */
export type Repair = (timeLeftMs: () => number) => Promise<number>;

/** Time to finish a started batch, and to log the result, before Lambda ends the function. */
const reserveMs = 10_000;

/** The handler of a schedule. Every repair gets its share of the time, even if others fail. */
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

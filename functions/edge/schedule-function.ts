import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { logger } from '../../src/platform/observability.ts';
import { observe } from './observe.ts';

/** Says how much it repaired. It ends while there is time left. */
export type Repair = (timeLeftMs: () => number) => Promise<number>;

/** The handler of a schedule: every repair gets its turn, whatever becomes of the others. */
export function scheduleFunction(repairs: Readonly<Record<string, Repair>>) {
  return middy<ScheduledEvent, undefined>()
    .use(observe())
    .handler(async (_, context) => {
      const timeLeftMs = () => context.getRemainingTimeInMillis();
      const failures: Error[] = [];
      for (const [name, repair] of Object.entries(repairs)) {
        try {
          logger.info('CleanupJob', { repair: name, repaired: await repair(timeLeftMs) });
        } catch (error) {
          failures.push(new Error(`The repair ${name} failed`, { cause: error }));
        }
      }
      logger.info('CleanupJob', { repairs: Object.keys(repairs).length, failed: failures.length });
      if (failures.length > 0) throw new AggregateError(failures, 'Some repairs failed');
    });
}

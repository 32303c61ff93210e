import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { WalkBroken } from '../../src/canary/walk.ts';
import { count, logger } from '../../src/platform/logs/observability.ts';
import { observe } from './observe.ts';

/** Time to report a walk that takes too long, before Lambda ends the function. */
const reserveMs = 5000;

/**
 * The handler of the canary. A walk that broke off is a result, not a failure of this function: it is reported, and the
 * next walk comes by itself. An alarm rings if nothing is reported.
 */
export function walkFunction(walk: (signal: AbortSignal) => Promise<'walked' | 'no way yet'>) {
  return middy<ScheduledEvent, undefined>()
    .use(observe())
    .handler(async (_, context) => {
      try {
        const outcome = await walk(
          AbortSignal.timeout(context.getRemainingTimeInMillis() - reserveMs),
        );
        if (outcome === 'walked') count('CanaryWalked', 1);
        else logger.info('No walk: the edge has not been deployed yet');
      } catch (error) {
        count('CanaryWalked', 0);
        const step = error instanceof WalkBroken ? error.step : undefined;
        logger.error('Walk broken off', { step, error });
      }
    });
}

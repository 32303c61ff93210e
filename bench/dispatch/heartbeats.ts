import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';
import type { WeeloCloud } from '../weelo-cloud.ts';
import { kind, type TownsCaptain } from './town.ts';

const Said = z.tuple([z.object({ beats: z.number(), failed: z.number() }), z.unknown()]);

/**
 * All captains send a heartbeat every five seconds from now on: to the geo index, past the gateway and the function.
 * Two hundred calls of the route a second take more than one of two cores, and it is dispatch that is measured. What
 * heartbeats do to Redis, which a wave asks, is the same. Begun when all have been seen once.
 */
export async function beginHeartbeats(cloud: WeeloCloud, captains: readonly TownsCaptain[]) {
  const env = { ...process.env, ...cloud.processOf('fleet').variables };
  const child = fork(join(import.meta.dirname, 'beats.ts'), { env });
  child.on('exit', (code) => {
    if (code !== null && code !== 0) throw new Error('The heartbeats ended');
  });
  child.send({ kind, captains });
  await once(child, 'message');
  const begun = performance.now();
  return {
    /** Ends them, and says how they went. */
    stop: async (): Promise<string> => {
      const answer = once(child, 'message');
      child.send('stop');
      const [{ beats, failed }] = Said.parse(await answer);
      const perSecond = Math.round(
        (beats - captains.length) / ((performance.now() - begun) / 1000),
      );
      return `${perSecond} heartbeats a second; ${failed} of ${beats + failed} failed`;
    },
    end: () => child.kill(),
  };
}

import { rateLimitsAreLifted } from '../../../src/contract/environment.ts';
import { pollingOpenings } from '../../../src/contract/socket/socket-io.ts';
import type { CountCall } from '../../../src/platform/rate-limit.ts';
import { isEverybody } from '../http/limit-rate.ts';
import { limitKey, refuseBeyond } from '../refuse-beyond.ts';

/** Refuses an address that opens too many sessions: each of them holds a function for a moment, and has no name yet. */
export async function limitOpenings(address: string, countCall: CountCall): Promise<void> {
  if (rateLimitsAreLifted(process.env) || isEverybody('address')) return;
  const limit = { ...pollingOpenings, key: limitKey(address, 'polling:open') };
  await refuseBeyond([limit], countCall, false);
}

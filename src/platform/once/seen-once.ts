import { claimSeconds, type QueueFunctionName } from '../../contract/functions.ts';
import type { Clock } from '../clock.ts';
import type { StateTable } from '../aws/state-table.ts';

/** As long as a message can lie on its queue, and then in its dead-letter queue. */
const rememberedMs = 19 * 86_400_000;
/**
 * P8: does the work of an event once, however often it is delivered, also at the same time. If the function crashes at
 * it, the message is delivered again, and finds that the claim has ended.
 */
export type Once = (eventId: string, work: () => Promise<void>) => Promise<void>;

export function oncePerEvent(consumer: QueueFunctionName, table: StateTable, clock: Clock): Once {
  const inMs = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);
  return async (eventId, work) => {
    const key = { pk: `event#${eventId}`, sk: consumer };
    const claimEnds = inMs(claimSeconds(consumer) * 1000);
    if (!(await table.claim(key, { done: false }, claimEnds))) {
      const known = await table.get(key);
      if (known?.['done'] === true) return;
      throw new Error('This event is being worked on: its message comes back');
    }
    try {
      await work();
    } catch (error) {
      // After its end, the claim may be another delivery's.
      if (clock.now() < claimEnds) await table.take(key);
      throw error;
    }
    await table.put(key, { done: true }, inMs(rememberedMs));
  };
}

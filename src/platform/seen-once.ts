import type { Clock } from './clock.ts';
import type { StateTable } from './state-table.ts';

/** As long as a message can lie on its queue, and then in its dead-letter queue. */
const rememberedMs = 19 * 86_400_000;
/** Longer than a consumer may work; a message comes back later than that. */
const workedOnMs = 30_000;

/**
 * P8: does the work of an event once, however often it is delivered, also at the same time. Who dies at it does it
 * again, under the same id.
 */
export type Once = (eventId: string, work: () => Promise<void>) => Promise<void>;

export function oncePerEvent(consumer: string, table: StateTable, clock: Clock): Once {
  const inMs = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);
  return async (eventId, work) => {
    const key = { pk: `event#${eventId}`, sk: consumer };
    if (!(await table.claim(key, { done: false }, inMs(workedOnMs)))) {
      const known = await table.get(key);
      if (known?.['done'] === true) return;
      throw new Error('This event is being worked on: its message comes back');
    }
    try {
      await work();
    } catch (error) {
      await table.take(key);
      throw error;
    }
    await table.put(key, { done: true }, inMs(rememberedMs));
  };
}

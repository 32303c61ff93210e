import type { Clock } from './clock.ts';
import type { StateTable } from './state-table.ts';

/** Longer than a message can come again. */
const rememberedMs = 24 * 3600 * 1000;

/**
 * P8: does the work of an event once, however often it is delivered. It is noted after the work: who dies in
 * between does it again, under the same id.
 */
export type Once = (eventId: string, work: () => Promise<void>) => Promise<void>;

export function oncePerEvent(consumer: string, table: StateTable, clock: Clock): Once {
  return async (eventId, work) => {
    const key = { pk: `event#${eventId}`, sk: consumer };
    if (await table.get(key)) return;
    await work();
    await table.put(key, {}, new Date(clock.now().getTime() + rememberedMs));
  };
}

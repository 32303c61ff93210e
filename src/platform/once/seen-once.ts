import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { claimSeconds, type QueueFunctionName } from '../../contract/functions.ts';
import type { Clock } from '../clock.ts';
import type { StateTable } from '../aws/state-table.ts';

/** As long as a message can lie on its queue, and then in its dead-letter queue. */
const rememberedMs = 19 * 86_400_000;

/** How far earlier deliveries of an event came. */
export interface Progress {
  /** Which try this is, from 1 on. A try that crashed before it noted anything does not count. */
  readonly tries: number;
  /** The parts of the work that are done. */
  readonly done: ReadonlySet<string>;
  /** Notes that parts are done: the next delivery need not do them again. */
  note(parts: readonly string[]): Promise<void>;
  /** The same, but it is written only if the work fails: for what comes last. */
  keepInMind(parts: readonly string[]): void;
}

/**
 * P8: does the work of an event once, however often it is delivered, also at the same time. If the function crashes at
 * it, the message is delivered again, and finds that the claim has ended.
 */
export type Once = (eventId: string, work: (progress: Progress) => Promise<void>) => Promise<void>;

const Noted = z.object({
  tries: z.number().default(0),
  parts: z.array(z.string()).default([]),
});

export function oncePerEvent(consumer: QueueFunctionName, table: StateTable, clock: Clock): Once {
  const inMs = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);
  return async (eventId, work) => {
    const key = { pk: `event#${eventId}`, sk: consumer };
    const claimEnds = inMs(claimSeconds(consumer) * 1000);
    const by = randomUUID();
    const claimed = await table.claim(key, { done: false, by }, claimEnds);
    if (!claimed) {
      const known = await table.get(key);
      if (known?.['done'] === true) return;
      // DynamoDB took the claim, its answer was lost, and the SDK sent it again: so this delivery lost to itself.
      if (known?.['by'] !== by) {
        throw new Error('This event is being worked on: its message comes back');
      }
    }
    const { tries, parts } = Noted.parse(claimed?.former ?? {});
    const done = new Set(parts);
    const facts = () => ({ done: false, tries: tries + 1, parts: [...done] });
    const keepInMind = (more: readonly string[]) => {
      for (const each of more) done.add(each);
    };
    const note = async (more: readonly string[]) => {
      keepInMind(more);
      await table.put(key, facts(), claimEnds);
    };
    try {
      await work({ tries: tries + 1, done, note, keepInMind });
    } catch (error) {
      // After its end, the claim may be another delivery's. A claim that has ended already can be taken at once.
      if (clock.now() < claimEnds) await table.put(key, facts(), inMs(-1000));
      throw error;
    }
    await table.put(key, { done: true }, inMs(rememberedMs));
  };
}

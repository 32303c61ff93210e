import type { Clock } from '../../platform/clock.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';

/** Keeps the text of an SMS to a test number, instead of sending it. */
export type KeepTestCode = (to: string, text: string) => Promise<void>;

/** Takes the code that was kept for a test number, if there is one. Nobody can take it twice. */
export type TakeTestCode = (to: string) => Promise<string | undefined>;

/** As long as the code works. */
const keptSeconds = 300;

/**
 * The table is for this alone, and only those who walk may read it. A later text replaces an earlier one, as its code
 * does.
 */
export function keepTestCodeIn(table: Pick<StateTable, 'put'>, clock: Clock): KeepTestCode {
  return async (to, text) => {
    const endsAt = new Date(clock.now().getTime() + keptSeconds * 1000);
    await table.put(keyOf(to), { text }, endsAt);
  };
}

export function takeTestCodeFrom(table: Pick<StateTable, 'take'>): TakeTestCode {
  return async (to) => {
    const kept = await table.take(keyOf(to));
    return kept && /^\d{6}/.exec(String(kept['text']))?.[0];
  };
}

const keyOf = (to: string) => ({ pk: `test-code#${to}`, sk: 'text' });

import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { Recent } from '../../platform/recent.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';

/** P17: the sessions that were ended early. Read whenever an access token is checked. */
export interface EndedSessions {
  /** The answer may be 20 seconds old, or a minute while the table is away. */
  has(sessionId: string): Promise<boolean>;
  tell(sessions: readonly { readonly id: string; readonly expiresAt: Date }[]): Promise<void>;
}

/**
 * An end is remembered until the session would have expired, because its tokens may live as long, and for this much
 * longer: clocks differ, and a ticket for a socket lives for 30 seconds more.
 */
const marginMs = 300_000;
const freshMs = 20_000;
const stalestMs = 60_000;
/** How many sessions one environment remembers the answer for. */
const mostKept = 5_000;
/** How many writes run at the same time. */
const batch = 25;

const keyOf = (sessionId: string) => ({ pk: `session#${sessionId}`, sk: 'ended' });

export function openEndedSessions(table: StateTable, clock: Clock): EndedSessions {
  const asked = new Recent<{ readonly ended: boolean; readonly at: number }>(mostKept);
  const remember = (sessionId: string, ended: boolean) => {
    asked.set(sessionId, { ended, at: clock.now().getTime() });
  };

  return {
    has: async (sessionId) => {
      const known = asked.get(sessionId);
      const age = known ? clock.now().getTime() - known.at : Infinity;
      if (known && (known.ended || age < freshMs)) return known.ended;
      try {
        const ended = (await table.get(keyOf(sessionId))) !== undefined;
        remember(sessionId, ended);
        return ended;
      } catch (cause) {
        if (known && age < stalestMs) return known.ended;
        throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
      }
    },
    tell: async (sessions) => {
      for (let i = 0; i < sessions.length; i += batch) {
        const some = sessions.slice(i, i + batch);
        await Promise.all(
          some.map(({ id, expiresAt }) =>
            table.put(keyOf(id), {}, new Date(expiresAt.getTime() + marginMs)),
          ),
        ).catch((cause: unknown) => {
          throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
        });
        for (const { id } of some) remember(id, true);
      }
    },
  };
}

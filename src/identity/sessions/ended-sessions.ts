import { AppError } from '../../contract/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { Recent } from '../../platform/recent.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';

/** P17: the sessions that were ended early. Read whenever an access token is checked. */
export interface EndedSessions {
  /** The answer may be 20 seconds old, or a minute while the table is away. */
  has(sessionId: string): Promise<boolean>;
  /** The same for many sessions: those of them that were ended. */
  among(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
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

const prefix = 'session#';
const keyOf = (sessionId: string) => ({ pk: `${prefix}${sessionId}`, sk: 'ended' });

export function openEndedSessions(
  table: Pick<StateTable, 'get' | 'getMany' | 'put'>,
  clock: Clock,
): EndedSessions {
  const { remember, known } = recentAnswers(clock);
  const whileAway = (sessionId: string, cause: unknown) => {
    const ended = known(sessionId, stalestMs);
    if (ended === undefined)
      throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    return ended;
  };
  const lookUp = async (sessionIds: readonly string[]) => {
    const found = await table.getMany(sessionIds.map(keyOf));
    const ended = new Set(found.map(({ pk }) => pk.slice(prefix.length)));
    return (sessionId: string) => remember(sessionId, ended.has(sessionId));
  };

  return {
    has: async (sessionId) => {
      const ended = known(sessionId, freshMs);
      if (ended !== undefined) return ended;
      try {
        return remember(sessionId, (await table.get(keyOf(sessionId))) !== undefined);
      } catch (cause) {
        return whileAway(sessionId, cause);
      }
    },
    among: async (sessionIds) => {
      // What is known is read once. While DynamoDB answers, it may become too old.
      const answers = new Map(sessionIds.map((each) => [each, known(each, freshMs)]));
      const unknown = [...answers].flatMap(([each, ended]) => (ended === undefined ? each : []));
      const hasEnded = await lookUp(unknown).catch((cause: unknown) => {
        return (sessionId: string) => whileAway(sessionId, cause);
      });
      for (const each of unknown) answers.set(each, hasEnded(each));
      return new Set([...answers].flatMap(([each, ended]) => (ended ? each : [])));
    },
    tell: async (sessions) => {
      for (let i = 0; i < sessions.length; i += batch) {
        const some = sessions.slice(i, i + batch);
        await writeEnds(some, table);
        for (const { id } of some) remember(id, true);
      }
    },
  };
}

async function writeEnds(
  sessions: Parameters<EndedSessions['tell']>[0],
  table: Pick<StateTable, 'put'>,
): Promise<void> {
  const writes = sessions.map(({ id, expiresAt }) =>
    table.put(keyOf(id), {}, new Date(expiresAt.getTime() + marginMs)),
  );
  await Promise.all(writes).catch((cause: unknown) => {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  });
}

/** What one environment was answered lately. */
function recentAnswers(clock: Clock) {
  const answers = new Recent<{ readonly ended: boolean; readonly at: number }>(mostKept);
  return {
    remember: (sessionId: string, ended: boolean) => {
      answers.set(sessionId, { ended, at: clock.now().getTime() });
      return ended;
    },
    /** An answer that is no older than this. An end is for ever. */
    known: (sessionId: string, mostMs: number) => {
      const answer = answers.get(sessionId);
      if (!answer) return undefined;
      const isRecent = clock.now().getTime() - answer.at < mostMs;
      return answer.ended || isRecent ? answer.ended : undefined;
    },
  };
}

import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { roles, type Caller } from '../../contract/wire.ts';
import type { StateItem, StateTable } from '../../platform/aws/state-table.ts';

/** An open socket, and who is at its other end. */
export interface Connection {
  readonly id: string;
  readonly caller: Caller;
  /** In milliseconds since 1970. */
  readonly openedAt: number;
}

/**
 * Who is connected on which socket. Each connection has two items, because it is looked up by its id when the client
 * speaks, and by its user when the user is told something. Both look-ups are consistent: an index would be late.
 */
export interface Connections {
  keep(connection: Connection): Promise<void>;
  /** Nothing, if the socket was never let in, or is gone. */
  find(connectionId: string): Promise<Connection | undefined>;
  /** Those of a user, the oldest first. */
  ofUser(userId: string): Promise<readonly Connection[]>;
  forget(connection: Connection): Promise<void>;
}

/** API Gateway ends a connection after two hours. Clocks differ: it is remembered for some minutes longer. */
const keptMs = (2 * 60 + 10) * 60_000;

const Kept = z.object({
  id: z.string(),
  userId: z.string(),
  role: z.enum(roles),
  sessionId: z.string(),
  tokenEndsAt: z.number(),
  openedAt: z.number(),
});

const byId = (id: string) => ({ pk: `connection#${id}`, sk: 'caller' });
const allOf = (userId: string) => `user#${userId}`;
const byUser = (userId: string, id: string) => ({ pk: allOf(userId), sk: `connection#${id}` });

export function openConnections(
  table: Pick<StateTable, 'put' | 'get' | 'list' | 'take'>,
): Connections {
  return {
    keep: ({ id, caller, openedAt }) =>
      orUnavailable(async () => {
        const { userId, role, sessionId, tokenEndsAt } = caller;
        const facts = { id, userId, role, sessionId, tokenEndsAt, openedAt };
        const endsAt = new Date(openedAt + keptMs);
        await Promise.all([
          table.put(byId(id), facts, endsAt),
          table.put(byUser(userId, id), facts, endsAt),
        ]);
      }),
    find: (connectionId) =>
      orUnavailable(async () => {
        const kept = await table.get(byId(connectionId));
        return kept && connectionIn(kept);
      }),
    ofUser: (userId) =>
      orUnavailable(async () => {
        const kept = await table.list(allOf(userId));
        return kept.map(connectionIn).toSorted(byAge);
      }),
    forget: ({ id, caller: { userId } }) =>
      orUnavailable(async () => {
        await Promise.all([table.take(byId(id)), table.take(byUser(userId, id))]);
      }),
  };
}

function connectionIn(item: StateItem): Connection {
  const { id, openedAt, ...caller } = Kept.parse(item);
  return { id, caller, openedAt };
}

function byAge(one: Connection, other: Connection): number {
  return one.openedAt - other.openedAt || (one.id < other.id ? -1 : 1);
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}

import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { framings, type Framing } from '../../contract/socket/protocol.ts';
import { roles, type Caller } from '../../contract/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { StateItem, StateTable } from '../../platform/aws/state-table.ts';

/** An open socket. */
interface Socket {
  readonly id: string;
  /** How its client writes and reads. */
  readonly framing: Framing;
  /** In milliseconds since 1970. */
  readonly openedAt: number;
  /** Set if it was looked up by the socket to which its session has moved, or may move. */
  readonly via?: Via;
}

/** The socket of a session that began with polling. The connection keeps its id. */
export interface Via {
  readonly socketId: string;
  /** The server has said that it would do. */
  readonly isProbed: boolean;
  /** All that waited for the client has been posted to it. */
  readonly isUpgraded: boolean;
}

/** An open socket, and who is at its other end. */
export interface Connection extends Socket {
  readonly caller: Caller;
}

/** An open socket whose client has not said yet who it is. */
export interface Newcomer extends Socket {
  readonly caller?: undefined;
}

/**
 * Who is connected on which socket. A connection is kept in two items, because it is looked up by its id when the client
 * speaks, and by its user when the user is told something: one item of its own, and one that all connections of the
 * user share. So the sockets of a hundred users are one call. Both are read consistently: an index would be late.
 */
export interface Connections {
  /** Answers all connections of the user, the oldest first. */
  keep(connection: Connection): Promise<readonly Connection[]>;
  /** The newcomer's item ends soon. What is kept later for the same socket takes its place. */
  keepNewcomer(newcomer: Newcomer): Promise<void>;
  /** Keeps a socket on which the session `sid` may go on. */
  keepVia(socketId: string, sid: string): Promise<void>;
  markVia(socketId: string, mark: 'isProbed' | 'isUpgraded'): Promise<void>;
  /** Nothing, if the socket was never let in, or is gone. By the socket of a session, its connection is found. */
  find(connectionId: string): Promise<Connection | Newcomer | undefined>;
  /** Those of some users. Of one user they come together, the oldest first. */
  ofUsers(userIds: readonly string[]): Promise<readonly Connection[]>;
  forget(connection: Connection): Promise<void>;
  /** The same, for a connection or a socket of which only the id is known. */
  forgetById(connectionId: string): Promise<void>;
  /** The session for which a socket was let in. */
  sessionOf(socketId: string): Promise<string | undefined>;
}

/** API Gateway ends a connection after two hours. Clocks differ: it is remembered for some minutes longer. */
export const connectionKeptMs = (2 * 60 + 10) * 60_000;
/** Longer than a newcomer may stay one. */
const newcomerKeptMs = 60_000;

const KeptSocket = z.object({
  id: z.string(),
  // What a release before this one has kept has no framing, and is plain.
  framing: z.enum(framings).default('plain'),
  openedAt: z.number(),
});
const Kept = KeptSocket.extend({
  userId: z.string(),
  role: z.enum(roles),
  sessionId: z.string(),
  tokenEndsAt: z.number(),
});
type Kept = z.output<typeof Kept>;
const KeptVia = z.object({
  sid: z.string(),
  isProbed: z.boolean().default(false),
  isUpgraded: z.boolean().default(false),
});

const byId = (id: string) => ({ pk: `connection#${id}`, sk: 'caller' });
const ofUser = (userId: string) => ({ pk: `user#${userId}`, sk: 'connections' });
/** In the item of a user, each connection is a fact of this name. */
const factPrefix = 'connection ';
const factOf = (id: string) => `${factPrefix}${id}`;

type Table = Pick<StateTable, 'put' | 'get' | 'getMany' | 'take' | 'merge' | 'drop' | 'change'>;

export function openConnections(table: Table, clock: Clock): Connections {
  const isOver = ({ openedAt }: Kept) => openedAt + connectionKeptMs <= clock.now().getTime();
  return {
    keep: ({ id, caller, framing, openedAt }) =>
      orUnavailable(async () => {
        const { userId, role, sessionId, tokenEndsAt } = caller;
        const facts = { id, framing, userId, role, sessionId, tokenEndsAt, openedAt };
        const [item] = await Promise.all([
          // It ends after each connection that it has: this one may be older than another.
          table.merge(ofUser(userId), { [factOf(id)]: facts }, endOf(clock.now().getTime())),
          table.put(byId(id), facts, endOf(openedAt)),
        ]);
        const all = connectionsIn(item);
        const over = all.filter(isOver).map((each) => factOf(each.id));
        await table.drop(ofUser(userId), over).catch(leftForLater);
        return all.filter((each) => !isOver(each)).map(connectionOf);
      }),
    keepNewcomer: ({ id, framing, openedAt }) =>
      orUnavailable(async () => {
        const endsAt = new Date(openedAt + newcomerKeptMs);
        await table.put(byId(id), { id, framing, openedAt }, endsAt);
      }),
    ...viasIn(table, clock),
    find: (connectionId) => orUnavailable(() => find(connectionId, table)),
    ofUsers: (userIds) =>
      orUnavailable(async () => {
        const items = await table.getMany([...new Set(userIds)].map(ofUser));
        return items.flatMap((item) =>
          connectionsIn(item)
            .filter((each) => !isOver(each))
            .map(connectionOf),
        );
      }),
    forget: ({ id, caller: { userId } }) =>
      orUnavailable(async () => {
        await Promise.all([table.take(byId(id)), table.drop(ofUser(userId), [factOf(id)])]);
      }),
    forgetById: (connectionId) =>
      orUnavailable(async () => {
        const taken = await table.take(byId(connectionId));
        const { data: kept } = Kept.safeParse(taken);
        if (kept) await table.drop(ofUser(kept.userId), [factOf(connectionId)]);
      }),
  };
}

/** The sockets of sessions that began with polling. */
function viasIn(
  table: Table,
  clock: Clock,
): Pick<Connections, 'keepVia' | 'markVia' | 'sessionOf'> {
  return {
    sessionOf: (socketId) =>
      orUnavailable(async () => KeptVia.safeParse(await table.get(byId(socketId))).data?.sid),
    keepVia: (socketId, sid) =>
      orUnavailable(async () => {
        await table.put(byId(socketId), { sid }, endOf(clock.now().getTime()));
      }),
    markVia: (socketId, mark) =>
      orUnavailable(async () => {
        await table.change(byId(socketId), {
          set: [`${mark} = :true`],
          condition: 'attribute_exists(sid)',
          values: { ':true': true },
        });
      }),
  };
}

async function find(
  connectionId: string,
  table: Pick<StateTable, 'get'>,
): Promise<Connection | Newcomer | undefined> {
  const kept = await table.get(byId(connectionId));
  if (!kept) return undefined;
  if (!('sid' in kept)) {
    return 'userId' in kept ? connectionOf(Kept.parse(kept)) : KeptSocket.parse(kept);
  }
  const { sid, ...via } = KeptVia.parse(kept);
  const connection = await find(sid, table);
  return connection && { ...connection, via: { socketId: connectionId, ...via } };
}

const endOf = (openedAt: number) => new Date(openedAt + connectionKeptMs);

function connectionsIn(item: StateItem): readonly Kept[] {
  const facts = Object.entries(item).filter(([name]) => name.startsWith(factPrefix));
  // A fact that this release cannot read is another release's. The others must not suffer from it.
  return facts.flatMap(([, fact]) => Kept.safeParse(fact).data ?? []).toSorted(byAge);
}

function leftForLater(error: unknown): void {
  logger.warn('Old connections were not removed', { error: String(error) });
}

function connectionOf({ id, framing, openedAt, ...caller }: Kept): Connection {
  return { id, framing, caller, openedAt };
}

function byAge(one: Kept, other: Kept): number {
  return one.openedAt - other.openedAt || (one.id < other.id ? -1 : 1);
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}

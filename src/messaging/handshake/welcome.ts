import { AppError } from '../../contract/errors.ts';
import type { MakeRoom, SocketReply } from '../../contract/queues.ts';
import { connected, refusals } from '../../contract/socket/socket-io.ts';
import type { Caller } from '../../contract/wire.ts';
import { SessionHasEnded, type Identify } from '../../identity/sessions/access-token.ts';
import type { OrderDeps } from '../../orders/order/order-deps.ts';
import type { Connection, Connections, Newcomer } from '../connections/connections.ts';
import { areTooMany } from '../connections/open-connection.ts';
import { liveFor } from './live-for.ts';
import { pack } from '../packed.ts';
import { nextPing } from './keep-awake.ts';

interface Named {
  readonly connection: Connection | Newcomer;
  /** Nothing, if the client has shown none. */
  readonly token: string | undefined;
}

interface Deps {
  readonly connections: Pick<Connections, 'keep'>;
  readonly identify: Identify;
  /** Throws if the user does so too often. */
  readonly countNaming: (userId: string) => Promise<void>;
  readonly orders: OrderDeps;
}

/**
 * P18: a client of Socket.IO says who it is. From then on it is told all events, and first what is live (P10). This
 * function is in the VPC, so notify posts that, and closes the oldest sockets of a user who has too many. Answers why the
 * client is refused, if it is.
 */
export async function welcome(
  { connection, token }: Named,
  deps: Deps,
): Promise<string | undefined> {
  if (token === undefined) return refusals.unnamed;
  const known = await callerWith(token, deps);
  if (known.refusedFor !== undefined) return known.refusedFor;
  const { caller } = known;
  // A socket is one user's for as long as it lives.
  const { caller: former, ...socket } = connection;
  if (former && former.userId !== caller.userId) return refusals.invalid;
  // P10: it is told what is live now. An event that was sent before, and comes late, is not posted to it.
  const openedAt = former ? socket.openedAt : deps.orders.clock.now().getTime();
  // Kept first: what happens while the live state is read comes as an event.
  const all = await deps.connections.keep({ ...socket, caller, openedAt });
  const greeting = await greetingFor(caller, connection, deps.orders);
  const room: MakeRoom = {
    kind: 'make-room',
    userId: caller.userId,
    connectionId: connection.id,
  };
  await deps.orders.queues.notify.sendAll([
    { message: greeting },
    ...(areTooMany(all) ? [{ message: room }] : []),
    ...(former ? [] : [nextPing(connection.id)]),
  ]);
  return undefined;
}

type Known =
  | { readonly caller: Caller; readonly refusedFor?: undefined }
  | { readonly refusedFor: string };

async function callerWith(token: string, { identify, countNaming }: Deps): Promise<Known> {
  try {
    const caller = await identify(token);
    await countNaming(caller.userId);
    return { caller };
  } catch (error) {
    const refusedFor = refusalFor(error);
    if (refusedFor === undefined) throw error;
    return { refusedFor };
  }
}

/** Nothing, if the client is to try again: after a refusal, the apps do not. */
function refusalFor(error: unknown): string | undefined {
  if (!(error instanceof AppError)) return undefined;
  if (error.code === 'RATE_LIMIT_EXCEEDED') return refusals.tooOften;
  if (error.code !== 'UNAUTHORIZED') return undefined;
  return error.cause instanceof SessionHasEnded ? refusals.ended : refusals.invalid;
}

async function greetingFor(
  caller: Caller,
  { id: connectionId, framing }: Connection | Newcomer,
  orders: OrderDeps,
): Promise<SocketReply> {
  const { userId, role } = caller;
  const data = connected.data.parse({ message: 'You are connected.', userId, role });
  const live = await liveFor(caller, orders);
  return {
    kind: 'reply',
    id: orders.ids.next(),
    connectionId,
    framing,
    packed: pack([{ event: connected.event, data }, ...live]),
    messages: [],
  };
}

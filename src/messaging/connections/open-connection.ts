import type { Clock } from '../../platform/clock.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';
import type { MakeRoom } from '../../contract/queues.ts';
import type { Caller } from '../../contract/wire.ts';
import type { Sockets } from '../../platform/aws/sockets.ts';
import type { Connection, Connections } from './connections.ts';

/** On so many devices a user is told of events. */
const mostPerUser = 5;

/**
 * A socket that is being opened does not exist for API Gateway yet, as if it were gone. After this time it is open, or
 * its function was ended.
 */
const openingMs = 30_000;

/** A client of Socket.IO is known only after it has spoken: by then its socket is open. */
export function mayBeOpening(
  { openedAt, framing }: Pick<Connection, 'openedAt' | 'framing'>,
  clock: Clock,
): boolean {
  return framing === 'plain' && openedAt > clock.now().getTime() - openingMs;
}

interface Deps {
  readonly connections: Pick<Connections, 'keep' | 'ofUsers' | 'forget'>;
  readonly sockets: Pick<Sockets, 'isOpen' | 'close'>;
  readonly clock: Clock;
}

/** Lets a client in that has said who it is. */
export async function openConnection(
  { connectionId, caller }: { readonly connectionId: string; readonly caller: Caller },
  deps: Deps,
): Promise<void> {
  const openedAt = deps.clock.now().getTime();
  const all = await deps.connections.keep({ id: connectionId, framing: 'plain', caller, openedAt });
  await makeRoomAmong(all, connectionId, deps);
}

/** The same, for a client that another function has let in. */
export async function makeRoom({ userId, connectionId }: MakeRoom, deps: Deps): Promise<void> {
  await makeRoomAmong(await deps.connections.ofUsers([userId]), connectionId, deps);
}

export function areTooMany(all: readonly Connection[]): boolean {
  return all.length > mostPerUser;
}

/**
 * If a user has too many sockets, those that are dead are forgotten, and if that is not enough, the oldest are closed. The
 * newest one stays.
 */
async function makeRoomAmong(
  all: readonly Connection[],
  newest: string,
  deps: Deps,
): Promise<void> {
  if (!areTooMany(all)) return;
  const { connections, sockets } = deps;
  const others = all.filter(({ id }) => id !== newest);
  const living = await withoutDead(others, deps);
  // The newest may have gone meanwhile.
  const mostOthers = mostPerUser - (all.length - others.length);
  const tooMany = living.slice(0, Math.max(0, living.length - mostOthers));
  for (const evicted of tooMany) {
    // A socket that cannot be closed now is closed when it speaks: nobody knows it any more.
    await sockets.close(evicted.id).catch(warn);
    await connections.forget(evicted);
    countOne('SocketsEvicted');
  }
  logger.info('Sockets made room', { closed: tooMany.length, dead: others.length - living.length });
}

/** Forgets the sockets that are dead, and answers the others. A socket that nobody can ask about counts as alive. */
async function withoutDead(
  all: readonly Connection[],
  { connections, sockets, clock }: Deps,
): Promise<readonly Connection[]> {
  const checked = all.map(async (each) => {
    if (mayBeOpening(each, clock)) return each;
    if (await sockets.isOpen(each.id).catch(() => true)) return each;
    await connections.forget(each);
    return undefined;
  });
  return (await Promise.all(checked)).filter((each) => each !== undefined);
}

function warn(error: unknown): void {
  logger.warn('A socket could not be closed', { error: String(error) });
}

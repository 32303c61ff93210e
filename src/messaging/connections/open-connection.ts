import type { Clock } from '../../platform/clock.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';
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

interface Deps {
  readonly connections: Connections;
  readonly sockets: Sockets;
  readonly clock: Clock;
}

/**
 * Lets a client in. If its user has too many sockets then, those that are dead are forgotten, and if that is not
 * enough, the oldest are closed.
 */
export async function openConnection(
  { connectionId, caller }: { readonly connectionId: string; readonly caller: Caller },
  deps: Deps,
): Promise<void> {
  const { connections, sockets, clock } = deps;
  const own = { id: connectionId, caller, openedAt: clock.now().getTime() };
  const all = await connections.keep(own);
  if (all.length <= mostPerUser) return;

  const others = all.filter(({ id }) => id !== connectionId);
  const living = await withoutDead(others, deps);
  const tooMany = living.slice(0, Math.max(0, living.length + 1 - mostPerUser));
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
  const openedBefore = clock.now().getTime() - openingMs;
  const checked = all.map(async (each) => {
    if (each.openedAt > openedBefore) return each;
    if (await sockets.isOpen(each.id).catch(() => true)) return each;
    await connections.forget(each);
    return undefined;
  });
  return (await Promise.all(checked)).filter((each) => each !== undefined);
}

function warn(error: unknown): void {
  logger.warn('A socket could not be closed', { error: String(error) });
}

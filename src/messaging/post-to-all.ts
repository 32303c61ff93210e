import type { Framing } from '../contract/socket/protocol.ts';
import type { EndedSessions } from '../identity/sessions/ended-sessions.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import type { Clock } from '../platform/clock.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { logger } from '../platform/logs/observability.ts';
import type { Progress } from '../platform/once/seen-once.ts';
import { closeAsExpired } from './connections/close-connection.ts';
import type { Connection, Connections } from './connections/connections.ts';
import { mayBeOpening } from './connections/open-connection.ts';
import { writingIn } from './frames/framings.ts';
import type { Told } from './frames/plain.ts';
import { postPatiently, type PostPatiently } from './post-patiently.ts';

export interface PostingDeps {
  readonly connections: Pick<Connections, 'forget'>;
  readonly sockets: Pick<Sockets, 'post' | 'close'>;
  readonly endedSessions: Pick<EndedSessions, 'among'>;
  readonly clock: Clock;
}

/** How many sockets are posted to at the same time. */
const postsAtOnce = 50;
/** After so many posts it is noted whom the event has reached: a crash then repeats no more posts than these. */
const notedAfter = 100;
interface Posted {
  /** Those that could not be reached, but may be there. */
  readonly unreached: ReadonlySet<string>;
  /** The sockets that are not there any more. */
  readonly gone: ReadonlySet<string>;
}

/** Posts an event to sockets, many at a time, and notes how far it has come. */
export async function postToAll(
  all: readonly Connection[],
  told: Told,
  progress: Progress,
  deps: PostingDeps,
): Promise<Posted> {
  const gone = new Set<string>();
  const unreached = new Set(all.map(({ id }) => id));
  const ended = await endedAmong(all, deps);
  // Nobody can say whom the event may still be told to. They are pushed to, and the message is delivered again.
  if (!ended) return { unreached, gone };
  const textIn = writtenOnce(told);
  const post = postPatiently(deps.sockets);
  const handle = async (each: Connection) => {
    const outcome = await outcomeOf(each, textIn(each.framing), ended, post, deps);
    if (outcome === 'gone') gone.add(each.id);
    if (outcome === 'unreached') return false;
    return unreached.delete(each.id);
  };
  for (let i = 0; i < all.length; i += notedAfter) {
    const some = all.slice(i, i + notedAfter);
    const done = await inParallel(some, postsAtOnce, handle);
    const reached = some.flatMap(({ id }, at) => (done[at] ? id : []));
    // What is noted at the very end says the same.
    const isLast = i + notedAfter >= all.length;
    if (isLast && unreached.size === 0) progress.keepInMind(reached);
    else await progress.note(reached);
  }
  return { unreached, gone };
}

/** The text of an event in a framing. It is the same for all sockets, so it is written once. */
function writtenOnce(told: Told): (framing: Framing) => string {
  const texts = new Map<Framing, string>();
  return (framing) => {
    const text = texts.get(framing) ?? writingIn(framing).write(told);
    texts.set(framing, text);
    return text;
  };
}

/** P18: the sessions that have ended, asked once before the posts of an event. Nothing if that cannot be told. */
async function endedAmong(
  all: readonly Connection[],
  { endedSessions }: PostingDeps,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await endedSessions.among(all.map(({ caller }) => caller.sessionId));
  } catch (error) {
    logger.warn('Nobody can tell which sessions have ended', { error: String(error) });
    return undefined;
  }
}

/** `unreached`: the socket could not be reached, but may be there. */
async function outcomeOf(
  connection: Connection,
  text: string,
  ended: ReadonlySet<string>,
  post: PostPatiently,
  { connections, sockets, clock }: PostingDeps,
): Promise<'posted' | 'gone' | 'unreached'> {
  const { id, caller } = connection;
  try {
    if (ended.has(caller.sessionId) || caller.tokenEndsAt <= clock.now().getTime()) {
      await closeAsExpired(connection, { connections, sockets });
      return 'gone';
    }
    const reached = await post(id, text);
    if (reached !== 'gone') return reached;
    // P10: its client learns by `resume` what it could not be told yet. If it were forgotten, it would hear nothing more.
    if (mayBeOpening(connection, clock)) return 'posted';
    await connections.forget(connection);
    return 'gone';
  } catch (error) {
    logger.warn('A socket was not reached', { error: String(error) });
    return 'unreached';
  }
}

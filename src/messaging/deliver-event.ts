import type { EventMessage } from '../contract/queues.ts';
import type { EndedSessions } from '../identity/sessions/ended-sessions.ts';
import { eventNamed } from '../contract/events/events.ts';
import type { UnseenEvent } from '../contract/queues.ts';
import type { Queue } from '../platform/aws/queues.ts';
import type { Sockets } from '../platform/aws/sockets.ts';
import type { Clock } from '../platform/clock.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { count, logger } from '../platform/logs/observability.ts';
import type { Once, Progress } from '../platform/once/seen-once.ts';
import { closeAsExpired } from './connections/close-connection.ts';
import type { Connection, Connections } from './connections/connections.ts';
import { writeAnswer } from './frames/plain.ts';
import { endOf, isOver } from './is-over.ts';
import type { ReadTripCodeKey } from '../orders/trips/trip-codes.ts';
import { withTripCodes } from './with-trip-codes.ts';
import { postPatiently, type PostPatiently } from './post-patiently.ts';

export interface DeliveryDeps {
  readonly once: Once;
  readonly connections: Pick<Connections, 'ofUsers' | 'forget'>;
  readonly sockets: Pick<Sockets, 'post' | 'close'>;
  readonly endedSessions: Pick<EndedSessions, 'among'>;
  readonly queue: Pick<Queue, 'sendAll'>;
  readonly readTripCodeKey: ReadTripCodeKey;
  readonly clock: Clock;
}

/** How many sockets are posted to at the same time. */
const postsAtOnce = 50;
/** After so many posts it is noted whom the event has reached: a crash then repeats no more posts than these. */
const notedAfter = 100;
/** How many deliveries of its message an event has. Who was not reached by then learns of it by `resume`, or by HTTP. */
const mostTries = 3;
/** Who has not acknowledged an event within this time is pushed to. */
const seenWithinSeconds = 3;
/** The part of the work of an event that has pushes sent. */
const pushes = 'pushes';

/**
 * P8: posts an event to all sockets of those whom it is for, once each. One bad socket does not hold up the others: if
 * some could not be reached, the message is delivered again, and only they are posted to.
 */
export async function deliverEvent(message: EventMessage, deps: DeliveryDeps): Promise<void> {
  if (isOver(message, deps.clock.now())) return;
  await deps.once(message.id, async (progress) => {
    const { id, event, at } = message;
    const data = await withTripCodes(message, deps.readTripCodeKey);
    const found = await socketsFor(message, deps);
    const left = found.filter((each) => !progress.done.has(each.id));
    const text = writeAnswer({ event, id, at, data });
    const { unreached, gone } = await postToAll(left, text, progress, deps);
    count('EventsPosted', left.length - unreached);
    logger.info('Event posted', { eventId: id, event, sockets: left.length, unreached });
    const there = found.filter((each) => !gone.has(each.id));
    await queuePushes(message, there, progress, deps);
    if (unreached === 0) return;
    if (progress.tries < mostTries) {
      await progress.note([pushes]);
      throw new Error(`${unreached} sockets could not be reached`);
    }
    count('PostsGivenUp', unreached);
  });
}

/** In milliseconds. Longer than the time between an event's `at` and its commit. */
const committedWithin = 10_000;

/**
 * P10: a client that connected after an offer was committed learns by `resume` what is live. If the offer is over by
 * then, an event that comes late must not revive it.
 */
async function socketsFor(message: EventMessage, { connections }: DeliveryDeps) {
  const found = await connections.ofUsers(message.to);
  if (endOf(message) === Infinity) return found;
  const knownBy = Date.parse(message.at) + committedWithin;
  return found.filter(({ openedAt }) => openedAt <= knownBy);
}

/** Users without a socket are pushed to at once, the others if they do not acknowledge the event in time. */
async function queuePushes(
  { id, event, data, to }: EventMessage,
  found: readonly Connection[],
  progress: Progress,
  { queue }: DeliveryDeps,
): Promise<void> {
  if (!eventNamed(event)?.push || progress.done.has(pushes)) return;
  const connected = new Set(found.map(({ caller }) => caller.userId));
  const unseen = { kind: 'unseen', id, event, data } as const;
  const [here, away] = [
    to.filter((each) => connected.has(each)),
    to.filter((each) => !connected.has(each)),
  ];
  const messages = [
    { message: { ...unseen, users: away, ifUnseen: false } },
    { message: { ...unseen, users: here, ifUnseen: true }, delaySeconds: seenWithinSeconds },
  ] satisfies readonly { readonly message: UnseenEvent; readonly delaySeconds?: number }[];
  await queue.sendAll(messages.filter(({ message: { users } }) => users.length > 0));
}

interface Posted {
  /** How many could not be reached, but may be there. */
  readonly unreached: number;
  /** The sockets that are not there any more. */
  readonly gone: ReadonlySet<string>;
}

async function postToAll(
  all: readonly Connection[],
  text: string,
  progress: Progress,
  deps: DeliveryDeps,
): Promise<Posted> {
  const gone = new Set<string>();
  const ended = await endedAmong(all, deps);
  // Nobody can say whom the event may still be told to. They are pushed to, and the message is delivered again.
  if (!ended) return { unreached: all.length, gone };
  const post = postPatiently(deps.sockets);
  const handle = async (each: Connection) => {
    const outcome = await outcomeOf(each, text, ended, post, deps);
    if (outcome === 'gone') gone.add(each.id);
    return outcome !== 'unreached';
  };
  let unreached = 0;
  for (let i = 0; i < all.length; i += notedAfter) {
    const some = all.slice(i, i + notedAfter);
    const done = await inParallel(some, postsAtOnce, handle);
    unreached += done.filter((each) => !each).length;
    // What is noted at the very end says the same.
    const isLast = i + notedAfter >= all.length;
    if (isLast && unreached === 0) break;
    await progress.note(some.flatMap(({ id }, at) => (done[at] ? id : [])));
  }
  return { unreached, gone };
}

/** P18: the sessions that have ended, asked once before the posts of an event. Nothing if that cannot be told. */
async function endedAmong(
  all: readonly Connection[],
  { endedSessions }: DeliveryDeps,
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
  { connections, sockets, clock }: DeliveryDeps,
): Promise<'posted' | 'gone' | 'unreached'> {
  const { id, caller } = connection;
  try {
    if (ended.has(caller.sessionId) || caller.tokenEndsAt <= clock.now().getTime()) {
      await closeAsExpired(connection, { connections, sockets });
      return 'gone';
    }
    const reached = await post(id, text);
    if (reached === 'gone') await connections.forget(connection);
    return reached;
  } catch (error) {
    logger.warn('A socket was not reached', { error: String(error) });
    return 'unreached';
  }
}

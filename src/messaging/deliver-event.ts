import type { EventMessage } from '../contract/queues.ts';
import { eventNamed } from '../contract/events/events.ts';
import type { UnseenEvent } from '../contract/queues.ts';
import type { Queue } from '../platform/aws/queues.ts';
import { count, logger } from '../platform/logs/observability.ts';
import type { Once, Progress } from '../platform/once/seen-once.ts';
import type { Connection, Connections } from './connections/connections.ts';
import { writingIn } from './frames/framings.ts';
import { endOf, isOver } from './is-over.ts';
import type { ReadTripCodeKey } from '../orders/trips/trip-codes.ts';
import { withTripCodes } from './with-trip-codes.ts';
import { postToAll, type PostingDeps } from './post-to-all.ts';

export interface DeliveryDeps extends PostingDeps {
  readonly once: Once;
  readonly connections: Pick<Connections, 'ofUsers' | 'forget'>;
  readonly queue: Pick<Queue, 'sendAll'>;
  readonly readTripCodeKey: ReadTripCodeKey;
}

/** How many deliveries of its message an event has. Who was not reached by then learns of it by `resume`, or by HTTP. */
const mostTries = 3;
/** Who has not acknowledged an event within this time is pushed to. */
const seenWithinSeconds = 3;
/** Noted when the pushes of an event are queued. */
const pushes = 'pushes';
/** Noted of a user whose push is to be queued at once, or after a while. */
const isAway = (userId: string) => `away ${userId}`;
const isHere = (userId: string) => `here ${userId}`;

/**
 * P8: posts an event to all sockets of those whom it is for, once each. One bad socket does not hold up the others: if
 * some could not be reached, the message is delivered again, and only they are posted to. `sentAt`: when the queue took
 * the message, in milliseconds since 1970.
 */
export async function deliverEvent(
  message: EventMessage,
  deps: DeliveryDeps,
  sentAt = Infinity,
): Promise<void> {
  if (isOver(message, deps.clock.now())) return;
  await deps.once(message.id, async (progress) => {
    const { id, event, at } = message;
    const data = await withTripCodes(message, deps.readTripCodeKey);
    const found = await socketsFor(message, sentAt, deps);
    const left = found.filter((each) => !progress.done.has(each.id));
    const { unreached, gone } = await postToAll(left, { event, id, at, data }, progress, deps);
    count('EventsPosted', left.length - unreached.size);
    logger.info('Event posted', {
      eventId: id,
      event,
      sockets: left.length,
      unreached: unreached.size,
    });
    const there = found.filter((each) => !gone.has(each.id));
    const seen = there.filter((each) => !unreached.has(each.id) && countsAsSeen(event, each));
    await queuePushes(message, { there, seen }, progress, deps);
    if (unreached.size === 0) return;
    if (progress.tries < mostTries) {
      await progress.note([pushes]);
      throw new Error(`${unreached.size} sockets could not be reached`);
    }
    count('PostsGivenUp', unreached.size);
  });
}

/** In milliseconds. Longer than the time between an event's `at` and its commit. */
const committedWithin = 10_000;
/** In milliseconds. Longer than what the clocks of SQS and of Lambda differ by. */
const clocksDiffer = 250;

/**
 * P10: a client that connected after the message was sent learns by `resume` what is live. An event that comes late must
 * not revive an offer that is over.
 */
async function socketsFor(message: EventMessage, sentAt: number, { connections }: DeliveryDeps) {
  const found = await connections.ofUsers(message.to);
  if (endOf(message) === Infinity) return found;
  const knownBy = Math.min(Date.parse(message.at) + committedWithin, sentAt + clocksDiffer);
  return found.filter(({ openedAt }) => openedAt <= knownBy);
}

/** A client that acknowledges no such events has seen this one as soon as it was posted to. */
function countsAsSeen(event: string, { framing }: Connection): boolean {
  return !writingIn(framing).isAcknowledged(event);
}

/** Users without a socket are pushed to at once, the others if they do not acknowledge the event in time. */
async function queuePushes(
  { id, event, data, to }: EventMessage,
  { there, seen }: Readonly<Record<'there' | 'seen', readonly Connection[]>>,
  progress: Progress,
  { queue }: DeliveryDeps,
): Promise<void> {
  if (!eventNamed(event)?.push || progress.done.has(pushes)) return;
  const connected = usersOf(there);
  const sure = usersOf(seen);
  const unseen = { kind: 'unseen', id, event, data } as const;
  // If only one of the two messages can be queued, the next try makes the same two: each is heeded once.
  const decided = (userId: string) =>
    progress.done.has(isAway(userId)) || progress.done.has(isHere(userId));
  const whose = (is: (userId: string) => string, now: (userId: string) => boolean) =>
    to.filter((each) => (decided(each) ? progress.done.has(is(each)) : now(each)));
  const away = whose(isAway, (each) => !connected.has(each));
  const here = whose(isHere, (each) => connected.has(each) && !sure.has(each));
  progress.keepInMind([...away.map(isAway), ...here.map(isHere)]);
  const messages = [
    { message: { ...unseen, users: away, ifUnseen: false } },
    { message: { ...unseen, users: here, ifUnseen: true }, delaySeconds: seenWithinSeconds },
  ] satisfies readonly { readonly message: UnseenEvent; readonly delaySeconds?: number }[];
  await queue.sendAll(messages.filter(({ message: { users } }) => users.length > 0));
}

function usersOf(connections: readonly Connection[]): ReadonlySet<string> {
  return new Set(connections.map(({ caller }) => caller.userId));
}

import { eventNamed } from '../contract/events/events.ts';
import { newBroadcast } from '../contract/events/offers.ts';
import type { OfferDelivery, UnseenEvent } from '../contract/queues.ts';
import { devicesToPushTo, forgetDevice } from '../identity/devices/device-tokens.ts';
import { isCircuitOpen, type Breaker } from '../platform/circuit-breaker.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { count, logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';
import type { Queue } from '../platform/aws/queues.ts';
import type { Clock } from '../platform/clock.ts';
import type { StateTable } from '../platform/aws/state-table.ts';
import { endOf, isOver } from './is-over.ts';
import { usersWhoSaw } from './acknowledge.ts';
import type { Push } from './push-account.ts';

interface Deps {
  readonly once: Once;
  readonly table: StateTable;
  readonly push: Push;
  readonly breaker: Breaker;
  readonly dispatch: Pick<Queue, 'send'>;
  readonly clock: Clock;
}

/** How long FCM tries to reach a phone at most: an hour later the event is no news. */
const longestLifeSeconds = 3600;
const pushesAtOnce = 20;

/**
 * Pushes an event to the phones of those who have not seen it on a socket. If FCM is away, the message is delivered
 * again, and only the phones that were not reached are pushed to.
 */
export async function pushEvent(message: UnseenEvent, deps: Deps): Promise<void> {
  const { id, event, users, ifUnseen } = message;
  if (isOver(message, deps.clock.now())) return;
  await deps.once(`${id}:push${ifUnseen ? ':unseen' : ''}`, async (progress) => {
    const seen = ifUnseen ? await usersWhoSaw(message, deps) : new Set<string>();
    const texts = textsOf(pushData(message));
    const lifeSeconds = lifeOf(message, deps.clock.now());
    const unseen = users.filter((userId) => !seen.has(userId));
    const devices = await inParallel(unseen, pushesAtOnce, async (userId) => {
      const theirs = await devicesToPushTo(userId, deps);
      return theirs.map(({ token }) => ({ userId, token }));
    });
    const left = devices.flat().filter(({ token }) => !progress.done.has(token));
    const outcomes = await inParallel(left, pushesAtOnce, (each) =>
      pushTo(each, { texts, lifeSeconds }, deps),
    );
    const reached = left.filter((_, i) => outcomes[i] !== 'failed');
    count('EventsPushed', outcomes.filter((each) => each === 'pushed').length);
    const pushed = left.flatMap(({ userId }, i) => (outcomes[i] === 'pushed' ? userId : []));
    await report(message, { seen: users.filter((userId) => seen.has(userId)), pushed }, deps);
    logger.info('Event pushed', { eventId: id, event, devices: left.length, users: unseen.length });
    if (reached.length === left.length) return;
    await progress.note(reached.map(({ token }) => token));
    throw new Error(`${left.length - reached.length} devices could not be pushed to`);
  });
}

function lifeOf(message: UnseenEvent, now: Date): number {
  const left = Math.ceil((endOf(message) - now.getTime()) / 1000);
  return Math.min(longestLifeSeconds, left);
}

interface Pushing {
  readonly texts: Readonly<Record<string, string>>;
  readonly lifeSeconds: number;
}

/** `refused`: FCM will never take this message for this device. `off`: this stage has no Firebase account. */
type Outcome = 'pushed' | 'unregistered' | 'refused' | 'off' | 'failed';

function pushData({ id, event, data }: UnseenEvent): Readonly<Record<string, unknown>> {
  const { title, body, fields } = eventNamed(event)?.push ?? {};
  const shown = fields ? Object.fromEntries(fields.map((name) => [name, data[name]])) : data;
  return { ...shown, title, body, type: event, eventId: id };
}

/** Dispatch notes whom an offer has reached. If this fails, the pushes are not sent again: it is only a note. */
async function report(
  { event, data, users, ifUnseen }: UnseenEvent,
  { seen, pushed }: { readonly seen: readonly string[]; readonly pushed: readonly string[] },
  { dispatch, clock }: Deps,
): Promise<void> {
  if (event !== newBroadcast.name) return;
  const delivery = {
    kind: 'offer-delivery',
    orderId: String(data['orderId']),
    at: clock.now().toISOString(),
    delivered: ifUnseen ? users : [],
    seen: [...seen],
    pushed: [...new Set(pushed)],
  } satisfies OfferDelivery;
  await dispatch.send(delivery).catch((error: unknown) => {
    logger.warn('Dispatch does not learn whom an offer has reached', { error: String(error) });
  });
}

async function pushTo(
  { userId, token }: { readonly userId: string; readonly token: string },
  { texts: data, lifeSeconds }: Pushing,
  { push, breaker, table }: Deps,
): Promise<Outcome> {
  try {
    const outcome = await breaker(() => push({ device: token, data, lifeSeconds }));
    if (outcome === 'refused') logger.error('FCM refuses a message', { event: data['type'] });
    if (outcome === 'unregistered') await forgetDevice({ userId, token }, { table });
    return outcome;
  } catch (error) {
    // An open circuit was logged when it opened.
    if (!isCircuitOpen(error)) logger.warn('A push failed', { error: String(error) });
    return 'failed';
  }
}

/** In bytes. FCM takes 4,096 of names and values together. */
const longestText = 240;
const longestList = 1800;

/**
 * FCM takes texts only: numbers and lists are written as JSON, and what is null is left out. It takes little of them: a
 * long text is cut, and a long list is left out, because the app reads it by HTTP.
 */
export function textsOf(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const present = Object.entries(data).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    present.flatMap(([name, value]) => {
      if (typeof value === 'string') return [[name, cut(value)]];
      const json = JSON.stringify(value);
      return Buffer.byteLength(json) <= longestList ? [[name, json]] : [];
    }),
  );
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= longestText) return text;
  // What is cut in the middle of a character ends with a replacement character.
  const start = Buffer.from(text)
    .subarray(0, longestText - 3)
    .toString();
  return `${start.replace(/\uFFFD$/, '')}…`;
}

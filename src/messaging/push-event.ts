import { eventNamed } from '../contract/events/events.ts';
import type { UnseenEvent } from '../contract/queues.ts';
import { devicesToPushTo, forgetDevice } from '../identity/devices/device-tokens.ts';
import { isCircuitOpen, type Breaker } from '../platform/circuit-breaker.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { count, logger } from '../platform/logs/observability.ts';
import type { Once } from '../platform/once/seen-once.ts';
import type { StateTable } from '../platform/aws/state-table.ts';
import { usersWhoSaw } from './acknowledge.ts';
import type { Push } from './push.ts';

interface Deps {
  readonly once: Once;
  readonly table: StateTable;
  readonly push: Push;
  readonly breaker: Breaker;
}

/** How long FCM tries to reach a phone: an hour later the event is no news. */
const lifeSeconds = 3600;
const pushesAtOnce = 20;

/**
 * Pushes an event to the phones of those who have not seen it on a socket. If FCM is away, the message is delivered
 * again, and only the phones that were not reached are pushed to.
 */
export async function pushEvent(message: UnseenEvent, deps: Deps): Promise<void> {
  const { id, event, data, users, ifUnseen } = message;
  await deps.once(`${id}:push${ifUnseen ? ':unseen' : ''}`, async (progress) => {
    const seen = ifUnseen ? await usersWhoSaw(id, deps) : new Set<string>();
    const texts = textsOf({ ...data, ...eventNamed(event)?.push, type: event, eventId: id });
    const unseen = users.filter((userId) => !seen.has(userId));
    const devices = await inParallel(unseen, pushesAtOnce, async (userId) => {
      const theirs = await devicesToPushTo(userId, deps);
      return theirs.map(({ token }) => ({ userId, token }));
    });
    const left = devices.flat().filter(({ token }) => !progress.done.has(token));
    const outcomes = await inParallel(left, pushesAtOnce, (each) => pushTo(each, texts, deps));
    const reached = left.filter((_, i) => outcomes[i] !== 'failed');
    count('EventsPushed', outcomes.filter((each) => each === 'pushed').length);
    logger.info('Event pushed', { eventId: id, event, devices: left.length, users: unseen.length });
    if (reached.length === left.length) return;
    await progress.note(reached.map(({ token }) => token));
    throw new Error(`${left.length - reached.length} devices could not be pushed to`);
  });
}

async function pushTo(
  { userId, token }: { readonly userId: string; readonly token: string },
  data: Readonly<Record<string, string>>,
  { push, breaker, table }: Deps,
): Promise<'pushed' | 'unregistered' | 'off' | 'failed'> {
  try {
    const outcome = await breaker(() => push({ device: token, data, lifeSeconds }));
    if (outcome === 'unregistered') await forgetDevice({ userId, token }, { table });
    return outcome;
  } catch (error) {
    // An open circuit was logged when it opened.
    if (!isCircuitOpen(error)) logger.warn('A push failed', { error: String(error) });
    return 'failed';
  }
}

/** FCM takes texts only: numbers and lists are written as JSON, and what is null is left out. */
function textsOf(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const present = Object.entries(data).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    present.map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

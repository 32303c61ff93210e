import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { roles, type Caller } from '../../contract/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { StateItem, StateTable } from '../../platform/aws/state-table.ts';
import { openEndedSessions } from '../sessions/ended-sessions.ts';
import { sessionDays } from '../sessions/session-store.ts';

/** Devices of one account that are pushed to; a phone that registers once more is no other device. */
const mostDevices = 10;

/**
 * Two items for each registration, under an id that no other one has:
 *
 *     devices#<user>  / <registration>   what to push to, and whose session it hangs on
 *     token#<hash>    / owner            which user and which registration the token belongs to
 *
 * The second one decides. A registration that it does not name is pushed to by nobody, wherever who wrote or
 * removed it stopped; and because ids are used once, what is removed is never what came after it.
 */
const Device = z.object({
  token: z.string(),
  deviceType: z.string(),
  deviceId: z.string().optional(),
  role: z.enum(roles),
  sessionId: z.string(),
});
const Owner = z.object({ userId: z.string(), registration: z.string() });
type Owner = z.output<typeof Owner>;

interface Registration {
  readonly caller: Caller;
  readonly token: string;
  readonly deviceType: string;
  readonly deviceId?: string | undefined;
}

interface RegisterDeps {
  readonly table: StateTable;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** From now on this device receives the caller's messages, and nobody else's. */
export async function registerDeviceToken(input: Registration, deps: RegisterDeps) {
  const { userId, role } = input.caller;
  await unlessAway(() => register(input, deps));
  return { message: 'This device will receive messages.', userId, role };
}

async function register(input: Registration, { table, ids, clock }: RegisterDeps): Promise<void> {
  const { caller, token, deviceType, deviceId } = input;
  const { userId, role, sessionId } = caller;
  const own = { userId, registration: ids.next() };
  // No session lives longer: by then its device has registered again, or is logged out.
  const endsAt = new Date(clock.now().getTime() + sessionDays * 86_400_000);
  const device = { token, deviceType, deviceId, role, sessionId };
  await table.put(deviceKey(own), device, endsAt);
  // Asked anew, and after the item is there: whoever ends the session now finds the item, or is found here.
  if (await openEndedSessions(table, clock).has(sessionId)) {
    await table.take(deviceKey(own));
    throw new AppError('UNAUTHORIZED');
  }
  const former = Owner.safeParse(await table.put(ownerKey(token), own, endsAt));
  if (former.success) await table.take(deviceKey(former.data));
  const devices = await table.list(devicesOf(userId));
  await remove(devices.slice(0, -mostDevices), table);
}

interface Unregistration {
  readonly caller: Caller;
  readonly token: string;
}

/** A token that is not the caller's (any more) stays whose it is. */
export async function unregisterDeviceToken(
  { caller, token }: Unregistration,
  { table }: { readonly table: StateTable },
) {
  await unlessAway(async () => {
    const owner = Owner.safeParse(await table.get(ownerKey(token)));
    // The owner's item may name a registration that is gone: it is not to be taken from whoever is next.
    if (owner.data?.userId === caller.userId) await table.take(deviceKey(owner.data));
  });
  return { message: 'This device will receive no more messages.' };
}

/** What a user's messages are pushed to. */
export async function devicesToPushTo(
  userId: string,
  { table }: { readonly table: StateTable },
): Promise<readonly z.output<typeof Device>[]> {
  const items = await table.list(devicesOf(userId));
  const devices = await Promise.all(
    items.map(async (item) => {
      const device = Device.parse(item);
      const { data: owner } = Owner.safeParse(await table.get(ownerKey(device.token)));
      return owner?.registration === item.sk ? device : undefined;
    }),
  );
  return devices.flatMap((device) => device ?? []);
}

/** P16: a phone that is logged out receives no more messages. To be called once the ends are known. */
export async function forgetDevicesOf(
  sessions: readonly { readonly id: string; readonly userId: string }[],
  { table }: { readonly table: StateTable },
): Promise<void> {
  const ended = new Set(sessions.map(({ id }) => id));
  const users = new Set(sessions.map(({ userId }) => userId));
  await unlessAway(() =>
    Promise.all(
      [...users].map(async (userId) => {
        const devices = await table.list(devicesOf(userId));
        await remove(
          devices.filter(({ sessionId }) => typeof sessionId === 'string' && ended.has(sessionId)),
          table,
        );
      }),
    ),
  );
}

async function remove(items: readonly StateItem[], table: StateTable): Promise<void> {
  await Promise.all(items.map(({ pk, sk }) => table.take({ pk, sk })));
}

async function unlessAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
  }
}

/** Ids begin with the time: a list of them has the oldest first. */
const devicesOf = (userId: string) => `devices#${userId}`;
const deviceKey = ({ userId, registration }: Owner) => ({
  pk: devicesOf(userId),
  sk: registration,
});
const ownerKey = (token: string) => ({
  pk: `token#${createHash('sha256').update(token).digest('base64url')}`,
  sk: 'owner',
});

import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../contract/errors.ts';
import { roles, type SessionOwner } from '../../contract/wire.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { StateItem, StateTable } from '../../platform/aws/state-table.ts';
import { openEndedSessions } from '../sessions/ended-sessions.ts';
import { sessionDays } from '../sessions/session-life.ts';

/** How many devices of one account get push messages. A phone that registers again is the same device. */
const mostDevices = 10;

/**
 * Each registration has an id of its own, and two items:
 *
 *     devices#<user>  / <registration>   the device token, and the session that it was registered in
 *     token#<hash>    / owner            the user and the registration that the token belongs to
 *
 * The second item decides. A registration that it does not name gets no push messages, wherever a write or a removal
 * stopped half-way. Ids are used once, so a removal never removes a later registration.
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
  readonly caller: SessionOwner;
  readonly token: string;
  readonly deviceType: string;
  readonly deviceId?: string | undefined;
}

interface RegisterDeps {
  readonly table: StateTable;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** From now on this device gets the caller's messages, and no other user's. */
export async function registerDeviceToken(input: Registration, deps: RegisterDeps) {
  const { userId, role } = input.caller;
  await unlessAway(() => register(input, deps));
  return { message: 'This device will receive messages.', userId, role };
}

async function register(input: Registration, { table, ids, clock }: RegisterDeps): Promise<void> {
  const { caller, token, deviceType, deviceId } = input;
  const { userId, role, sessionId } = caller;
  const own = { userId, registration: ids.next() };
  // No session lives longer than this: by then the device has registered again, or is logged out.
  const endsAt = new Date(clock.now().getTime() + sessionDays * 86_400_000);
  const device = { token, deviceType, deviceId, role, sessionId };
  await table.put(deviceKey(own), device, endsAt);
  // Asked again after the item is written. If the session is ended at the same time, either that removes the item, or
  // this sees the end.
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
  readonly caller: SessionOwner;
  readonly token: string;
}

/** A token that is not the caller's (any more) stays registered. */
export async function unregisterDeviceToken(
  { caller, token }: Unregistration,
  { table }: { readonly table: StateTable },
) {
  await unlessAway(async () => {
    const owner = Owner.safeParse(await table.get(ownerKey(token)));
    // The owner item may name a removed registration. It may only be deleted if it still does, and not a newer one.
    if (owner.data?.userId === caller.userId) await table.take(deviceKey(owner.data));
  });
  return { message: 'This device will receive no more messages.' };
}

/** The device tokens that a user's messages are pushed to. */
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

/** Forgets a device that FCM does not know any more. */
export async function forgetDevice(
  { userId, token }: { readonly userId: string; readonly token: string },
  { table }: { readonly table: StateTable },
): Promise<void> {
  const devices = await table.list(devicesOf(userId));
  await remove(
    devices.filter((each) => each['token'] === token),
    table,
  );
}

/** P16: a phone that is logged out gets no more messages. To be called after the ends of the sessions are noted. */
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

/** Ids begin with the time, so a sorted list has the oldest first. */
const devicesOf = (userId: string) => `devices#${userId}`;
const deviceKey = ({ userId, registration }: Owner) => ({
  pk: devicesOf(userId),
  sk: registration,
});
const ownerKey = (token: string) => ({
  pk: `token#${createHash('sha256').update(token).digest('base64url')}`,
  sk: 'owner',
});

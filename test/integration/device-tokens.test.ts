import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SessionOwner } from '../../src/contract/wire.ts';
import {
  devicesToPushTo,
  registerDeviceToken,
  unregisterDeviceToken,
} from '../../src/identity/devices/device-tokens.ts';
import { openEndedSessions } from '../../src/identity/sessions/ended-sessions.ts';
import { endSessions } from '../../src/identity/sessions/end-sessions.ts';
import { openSessionMirror } from '../../src/identity/sessions/session-mirror.ts';
import { logIn } from '../../src/identity/sessions/session-store.ts';
import { sessionDays } from '../../src/identity/sessions/session-life.ts';
import { hashOf, newRefreshToken } from '../../src/identity/sessions/refresh-token.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { openQueue } from '../../src/platform/aws/queues.ts';
import { openSecrets } from '../../src/platform/aws/secrets.ts';
import { openStateTable, type StateTable } from '../../src/platform/aws/state-table.ts';
import { readEnvironment } from '../../src/contract/functions.ts';
import { postgresFrom, redisFrom } from '../../functions/wiring/stores.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';

await functionEnvironment();
const env = readEnvironment('operate', process.env);
const postgres = postgresFrom(env, openSecrets().read, clock);
const mirror = openSessionMirror(redisFrom(env));
const table = openStateTable(env.STATE_TABLE, clock);
const endedSessions = openEndedSessions(table, clock);
const queues = { notify: openQueue(env.NOTIFY_QUEUE_URL) };
const deps = { postgres, mirror, endedSessions, table, queues, clock, ids };

const newToken = () => `fcm-${randomUUID()}`;
const someone = (): SessionOwner => ({
  userId: randomUUID(),
  role: 'driver',
  sessionId: randomUUID(),
});

/** Somebody who is logged in, as far as PostgreSQL knows. */
async function loggedIn(phone = freshPhone()): Promise<SessionOwner> {
  const refreshHash = hashOf(newRefreshToken());
  const session = { id: ids.next(), refreshHash, deviceId: undefined, deviceName: undefined };
  const account = { newId: ids.next(), phone, role: 'driver' } as const;
  const { id } = await postgres.run((db) => logIn(db, account, session));
  return { userId: id, role: 'driver', sessionId: session.id };
}

const register = (caller: SessionOwner, token: string, with_: Partial<typeof deps> = {}) =>
  registerDeviceToken({ caller, token, deviceType: 'android' }, { ...deps, ...with_ });
const unregister = (caller: SessionOwner, token: string) =>
  unregisterDeviceToken({ caller, token }, deps);
const tokensOf = async ({ userId }: SessionOwner, at = table) =>
  (await devicesToPushTo(userId, { table: at })).map(({ token }) => token);

describe('a device', () => {
  test('is pushed to from when it registers until it unregisters', async () => {
    const caller = someone();
    const token = newToken();
    expect(await register(caller, token)).toEqual({
      message: 'This device will receive messages.',
      userId: caller.userId,
      role: 'driver',
    });
    expect(await devicesToPushTo(caller.userId, deps)).toEqual([
      { token, deviceType: 'android', role: 'driver', sessionId: caller.sessionId },
    ]);
    await unregister(caller, token);
    expect(await tokensOf(caller)).toEqual([]);
    await unregister(caller, token);
  });

  test('is one, however often it registers', async () => {
    const [caller, token] = [someone(), newToken()];
    for (let i = 0; i < 12; i++) await register(caller, token);
    expect(await tokensOf(caller)).toEqual([token]);
    expect(await table.list(`devices#${caller.userId}`)).toHaveLength(1);
  });

  test('that changes hands stops getting the former messages', async () => {
    const [former, owner, token] = [someone(), someone(), newToken()];
    await register(former, token);
    await register(owner, token);
    expect([await tokensOf(former), await tokensOf(owner)]).toEqual([[], [token]]);
    await unregister(former, token);
    expect(await tokensOf(owner)).toEqual([token]);
  });

  test('is forgotten when no session can be left, and not before', async () => {
    const [caller, token] = [someone(), newToken()];
    await register(caller, token);
    const after = (days: number) => ({ now: () => new Date(Date.now() + days * 86_400_000) });
    const at = (days: number) => openStateTable(env.STATE_TABLE, after(days));
    expect(await tokensOf(caller, at(sessionDays - 0.1))).toEqual([token]);
    expect(await tokensOf(caller, at(sessionDays + 0.1))).toEqual([]);
  });

  test('is one of ten: the oldest goes', async () => {
    const caller = someone();
    const tokens = Array.from({ length: 12 }, newToken);
    for (const token of tokens) await register(caller, token);
    expect(await tokensOf(caller)).toEqual(tokens.slice(2));
    await register(caller, tokens[2] ?? '');
    await register(caller, newToken());
    expect(await tokensOf(caller)).toContain(tokens[2]);
  });

  test('cannot be registered while the table is away', async () => {
    const away = async () => {
      throw new Error('away');
    };
    const broken: StateTable = { ...table, put: away };
    const refused = register(someone(), newToken(), { table: broken });
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('the end of a session', () => {
  test('ends the messages to its devices, and to no others', async () => {
    const phone = freshPhone();
    const [one, other, stranger] = [await loggedIn(phone), await loggedIn(phone), await loggedIn()];
    const [a, b, c, d] = [newToken(), newToken(), newToken(), newToken()];
    await register(one, a);
    await register(one, b);
    await register(other, c);
    await register(stranger, d);
    await endSessions({ userId: one.userId, sessionId: one.sessionId }, deps);
    expect([await tokensOf(one), await tokensOf(stranger)]).toEqual([[c], [d]]);
    await endSessions({ userId: one.userId }, deps);
    expect([await tokensOf(one), await tokensOf(stranger)]).toEqual([[], [d]]);
  });

  test('leaves the phone to whoever has it now', async () => {
    const [former, owner, token] = [await loggedIn(), await loggedIn(), newToken()];
    await register(former, token);
    await register(owner, token);
    await endSessions({ userId: former.userId }, deps);
    expect(await tokensOf(owner)).toEqual([token]);
  });

  test('is not told to the end while devices are left', async () => {
    const caller = await loggedIn();
    const token = newToken();
    await register(caller, token);
    let isAway = true;
    const take: StateTable['take'] = async (key) => {
      if (isAway) throw new Error('away');
      return table.take(key);
    };
    const shaky = { ...deps, table: { ...table, take } };
    const ended = endSessions({ userId: caller.userId }, shaky);
    await expect(ended).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    isAway = false;
    expect(await endSessions({ userId: caller.userId }, shaky)).toBe(1);
    expect(await tokensOf(caller)).toEqual([]);
  });

  test('is found by who registers after it', async () => {
    const caller = await loggedIn();
    await endSessions({ userId: caller.userId }, deps);
    const refused = register(caller, newToken());
    await expect(refused).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await table.list(`devices#${caller.userId}`)).toEqual([]);
  });

  test('is known before devices are looked for: who registers after the look is refused', async () => {
    const [caller, token] = [await loggedIn(), newToken()];
    const list: StateTable['list'] = async (pk) => {
      const found = await table.list(pk);
      await expect(register(caller, token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      return found;
    };
    await endSessions({ userId: caller.userId }, { ...deps, table: { ...table, list } });
    expect(await tokensOf(caller)).toEqual([]);
  });

  test('and a registration at once: the logged-out phone gets nothing', async () => {
    for (let i = 0; i < 60; i++) {
      const [caller, token] = [await loggedIn(), newToken()];
      await Promise.allSettled([
        register(caller, token),
        endSessions({ userId: caller.userId }, deps),
      ]);
      expect(await tokensOf(caller)).toEqual([]);
    }
  });
});

describe('at the same moment', () => {
  test('many who register one phone: it is exactly one of theirs', async () => {
    for (let i = 0; i < 30; i++) {
      const token = newToken();
      const callers = Array.from({ length: 4 }, someone);
      await Promise.all([...callers, ...callers].map((caller) => register(caller, token)));
      const theirs = await Promise.all(callers.map((caller) => tokensOf(caller)));
      expect(theirs.flat()).toEqual([token]);
    }
  });

  test('registering here and unregistering there: nobody gets the messages of another', async () => {
    for (let i = 0; i < 40; i++) {
      const [former, owner, token] = [someone(), someone(), newToken()];
      await register(former, token);
      await Promise.all([unregister(former, token), register(owner, token)]);
      expect([await tokensOf(former), await tokensOf(owner)]).toEqual([[], [token]]);
    }
  });

  test('registering and unregistering by one: what comes after settles it', async () => {
    for (let i = 0; i < 40; i++) {
      const [caller, token] = [someone(), newToken()];
      await Promise.all([
        register(caller, token),
        unregister(caller, token),
        register(caller, token),
      ]);
      expect((await tokensOf(caller)).length).toBeLessThanOrEqual(1);
      await unregister(caller, token);
      expect(await tokensOf(caller)).toEqual([]);
    }
  });
});

/** Dies with its nth call to the table. */
function dying(nth: number): StateTable {
  let calls = 0;
  const step = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls >= nth) throw new Error('died');
    return call();
  };
  return {
    ...table,
    get: (key) => step(() => table.get(key)),
    list: (pk) => step(() => table.list(pk)),
    put: (key, facts, endsAt) => step(() => table.put(key, facts, endsAt)),
    take: (key) => step(() => table.take(key)),
  };
}

test.each([1, 2, 3, 4, 5])('who dies at step %i pushes to one, and goes on', async (nth) => {
  const [former, owner, token] = [someone(), someone(), newToken()];
  await register(former, token);
  await expect(register(owner, token, { table: dying(nth) })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
  expect([...(await tokensOf(former)), ...(await tokensOf(owner))]).toEqual([token]);
  await register(owner, token);
  expect([await tokensOf(former), await tokensOf(owner)]).toEqual([[], [token]]);
});

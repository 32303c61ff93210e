import type { ScheduledEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { devicesToPushTo } from '../../src/identity/devices/device-tokens.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { lambdaContext } from '../support/invoke.ts';

const world = await authWorld();
const { handler } = await import('../../functions/reconcile.ts');
const reconcile = () => handler({} as ScheduledEvent, lambdaContext(60_000));

const toldAt = async (userId: string) => {
  const rows = await world.sql('SELECT end_told_at FROM weelo.sessions WHERE user_id = $1', [
    userId,
  ]);
  return rows[0]?.['end_told_at'];
};

test('tells the end of a session whose ending got no further than PostgreSQL', async () => {
  const { tokens, user } = await world.logIn(freshPhone());
  const end = (secondsAgo: number) =>
    world.sql(
      `UPDATE weelo.sessions SET ended_at = now() - $2 * interval '1 second' WHERE user_id = $1`,
      [user.id, secondsAgo],
    );
  await end(1);
  await reconcile();
  expect(await toldAt(user.id)).toBeNull();

  await end(11);
  await reconcile();
  expect(await toldAt(user.id)).toBeInstanceOf(Date);
  const { error } = await world.auth.getMe({ token: tokens.accessToken });
  expect(error?.code).toBe('UNAUTHORIZED');
  expect(await world.redis.smembers(`user:tokens:${user.id}`)).toEqual([]);
});

test('forgets sessions a day after they have run out, with their phones, and no others', async () => {
  const old = await world.logIn(freshPhone());
  const recent = await world.logIn(freshPhone());
  for (const { user, tokens } of [old, recent]) {
    const body = { token: `fcm-${user.id}`, deviceType: 'android' } as const;
    await world.auth.registerDeviceToken({ token: tokens.accessToken, body });
  }
  await world.sql(
    `UPDATE weelo.sessions SET expires_at = now() - CASE WHEN user_id = $1 THEN interval '25 hours' ELSE interval '23 hours' END
     WHERE user_id IN ($1, $2)`,
    [old.user.id, recent.user.id],
  );
  await reconcile();
  const left = await world.sql('SELECT user_id FROM weelo.sessions WHERE user_id IN ($1, $2)', [
    old.user.id,
    recent.user.id,
  ]);
  expect(left).toEqual([{ user_id: recent.user.id }]);
  const table = openStateTable(world.variables.STATE_TABLE, systemClock);
  const pushedTo = async ({ user }: typeof old) =>
    (await devicesToPushTo(user.id, { table })).length;
  expect([await pushedTo(old), await pushedTo(recent)]).toEqual([0, 1]);
});

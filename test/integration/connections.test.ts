import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { makeTable } from '../support/engines/function-environment.ts';

let minutesPassed = 0;
const clock = { now: () => new Date(Date.UTC(2027, 0, 31, 9, minutesPassed)) };
const table = openStateTable(await makeTable('pk', 'sk'), clock);
const connections = openConnections(table, clock);

function connection(userId: string, id = randomUUID() as string) {
  const caller = { userId, role: 'customer', sessionId: randomUUID() } as const;
  const openedAt = clock.now().getTime();
  return {
    id,
    framing: 'plain' as const,
    openedAt,
    caller: { ...caller, tokenEndsAt: openedAt + 3_600_000 },
  };
}

const idsOf = async (...users: readonly string[]) =>
  (await connections.ofUsers(users)).map(({ id }) => id);

test('a connection is found by its id and by its user, until it is forgotten', async () => {
  const [one, other] = [connection('u1'), connection('u1')];
  expect(await connections.keep(one)).toEqual([one]);
  minutesPassed += 1;
  const newer = { ...other, openedAt: clock.now().getTime() };
  expect(await connections.keep(newer)).toEqual([one, newer]);
  expect(await connections.find(one.id)).toEqual(one);
  await connections.forget(one);
  expect(await connections.find(one.id)).toBeUndefined();
  expect(await connections.ofUsers(['u1', 'nobody'])).toEqual([newer]);
});

test('a late goodbye forgets its own connection, and no newer one of the same user', async () => {
  const [old, newer] = [connection('u2'), connection('u2')];
  await connections.keep(old);
  await connections.keep(newer);
  await connections.forgetById(old.id);
  await connections.forgetById(old.id);
  expect(await idsOf('u2')).toEqual([newer.id]);
});

test('a connection that nobody forgot is over after two hours and ten minutes', async () => {
  const old = connection('u3');
  await connections.keep(old);
  minutesPassed += 129;
  const newer = connection('u3');
  await connections.keep(newer);
  expect(await idsOf('u3')).toEqual([old.id, newer.id]);
  minutesPassed += 1;
  expect(await idsOf('u3')).toEqual([newer.id]);
  const newest = connection('u3');
  expect((await connections.keep(newest)).map(({ id }) => id)).toEqual([newer.id, newest.id]);
  // Otherwise the item of its user would grow for ever.
  const item = await table.get({ pk: 'user#u3', sk: 'connections' });
  expect(item).toHaveProperty([`connection ${newer.id}`]);
  expect(item).not.toHaveProperty([`connection ${old.id}`]);
});

test('the connections of many users are found together, those of one user side by side', async () => {
  const users = Array.from({ length: 130 }, () => randomUUID());
  for (const user of users) await connections.keep(connection(user, `of ${user}`));
  expect((await idsOf(...users, ...users)).toSorted()).toEqual(
    users.map((user) => `of ${user}`).toSorted(),
  );
});

test('a fact that this release cannot read harms nobody', async () => {
  const known = connection('u4');
  await connections.keep(known);
  const fact = { 'connection other': { id: 'other', role: 'a role of a later release' } };
  await table.merge(
    { pk: 'user#u4', sk: 'connections' },
    fact,
    new Date(clock.now().getTime() + 1e6),
  );
  expect(await idsOf('u4')).toEqual([known.id]);
  expect(await connections.keep(known)).toEqual([known]);
});

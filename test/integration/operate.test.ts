import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { lambdaContext } from '../support/invoke.ts';

const { auth, sql, redis, logIn, codeSentTo } = await authWorld();
const { handler } = await import('../../functions/operate.ts');

const Answer = z.looseObject({
  account: z.looseObject({ userId: z.uuid(), phone: z.string() }),
  endedSessions: z.number().optional(),
});
const operate = (command: string, input: object) => handler({ command, input }, lambdaContext());
const run = async (command: string, input: object) => Answer.parse(await operate(command, input));

const masked = (phone: string) => `${phone.slice(0, 2)}xxxxxx${phone.slice(-2)}`;
const bearer = (accessToken: string) => ({ headers: { authorization: `Bearer ${accessToken}` } });
const codeOf = (answer: { error?: { code: string } | undefined }) => answer.error?.code;
const refresh = (refreshToken: string) => auth.refreshSession({ body: { refreshToken } });

/** Makes the time between two codes pass. */
async function cool(phone: string): Promise<void> {
  for (const node of redis.nodes('master')) {
    for (const key of await node.keys(`*${phone}*`)) await node.del(key);
  }
}
/** Asks for a code and uses it, and says what came of that. */
async function tryLogIn(phone: string) {
  await cool(phone);
  await auth.sendLoginCode({ body: { phone, role: 'customer' } });
  const otp = await codeSentTo(phone);
  return auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } });
}

describe('a suspended account', () => {
  test('loses its sessions, and gets no other one until it is restored', async () => {
    const phone = freshPhone();
    const account = { phone, role: 'customer' };
    const { user, tokens } = await logIn(phone);
    const answer = await run('suspend-account', { ...account, reason: 'fraud' });
    expect(answer).toEqual({
      account: { userId: user.id, role: 'customer', name: null, phone: masked(phone) },
      suspendedAt: expect.any(String),
      reason: 'fraud',
      endedSessions: 1,
      searchesLeft: 0,
    });
    expect(JSON.stringify(answer)).not.toContain(phone);
    expect(codeOf(await auth.getMe(bearer(tokens.accessToken)))).toBe('UNAUTHORIZED');
    expect(codeOf(await refresh(tokens.refreshToken))).toBe('ACCOUNT_SUSPENDED');
    expect(codeOf(await tryLogIn(phone))).toBe('ACCOUNT_SUSPENDED');

    await run('restore-account', account);
    expect((await tryLogIn(phone)).status).toBe(200);
    expect(codeOf(await refresh(tokens.refreshToken))).toBe('INVALID_REFRESH_TOKEN');
  });

  test('is suspended once, with the latest reason', async () => {
    const phone = freshPhone();
    await logIn(phone);
    const suspend = (reason: string) => run('suspend-account', { phone, role: 'customer', reason });
    const first = await suspend('one');
    const second = await suspend('two');
    expect(second).toEqual({ ...first, reason: 'two', endedSessions: 0 });
    const rows = await sql('SELECT suspension_reason FROM weelo.users WHERE phone = $1', [phone]);
    expect(rows).toEqual([{ suspension_reason: 'two' }]);
  });

  test('is finished by the next run where a fault stopped the first', async () => {
    const phone = freshPhone();
    const { user, tokens } = await logIn(phone);
    // As if the first had stopped before anybody was told.
    await sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [user.id]);
    await sql('UPDATE weelo.sessions SET ended_at = now() WHERE user_id = $1', [user.id]);
    const again = await run('suspend-account', { phone, role: 'customer', reason: 'fraud' });
    expect(again.endedSessions).toBe(1);
    expect(codeOf(await auth.getMe(bearer(tokens.accessToken)))).toBe('UNAUTHORIZED');
  });

  test('is that of one role: the same person goes on as another', async () => {
    const phone = freshPhone();
    const customer = await logIn(phone, 'customer');
    await cool(phone);
    const transporter = await logIn(phone, 'transporter');
    await run('suspend-account', { phone: `+91 ${phone}`, role: 'transporter', reason: 'x' });
    expect((await refresh(customer.tokens.refreshToken)).status).toBe(200);
    expect(codeOf(await refresh(transporter.tokens.refreshToken))).toBeDefined();
  });

  test('leaves no session behind, whoever logs in at the same moment', async () => {
    for (let i = 0; i < 10; i++) {
      const phone = freshPhone();
      await logIn(phone);
      const [, login] = await Promise.all([
        run('suspend-account', { phone, role: 'customer', reason: 'race' }),
        tryLogIn(phone),
      ]);
      const open = await sql(
        `SELECT 1 FROM weelo.sessions s JOIN weelo.users u ON u.id = s.user_id
         WHERE u.phone = $1 AND s.ended_at IS NULL`,
        [phone],
      );
      expect(open).toEqual([]);
      if (login.body) expect(codeOf(await refresh(login.body.tokens.refreshToken))).toBeDefined();
    }
  });
});

test('a suspended transporter: its drivers stay logged in, and come in no more', async () => {
  const [owner, driver] = [freshPhone(), freshPhone()];
  const { user } = await logIn(owner, 'transporter');
  await sql(
    `INSERT INTO weelo.users (id, role, phone, transporter_id)
     VALUES (gen_random_uuid(), 'driver', $1, $2)`,
    [driver, user.id],
  );
  await auth.sendDriverLoginCode({ body: { driverPhone: driver } });
  const otp = await codeSentTo(owner);
  const { body } = await auth.verifyDriverLoginCode({ body: { driverPhone: driver, otp } });
  await run('suspend-account', { phone: owner, role: 'transporter', reason: 'unpaid' });
  expect((await refresh(body?.refreshToken ?? '')).status).toBe(200);
  await cool(driver);
  const again = await auth.sendDriverLoginCode({ body: { driverPhone: driver } });
  expect(codeOf(again)).toBe('ACCOUNT_SUSPENDED');

  const ended = await run('end-sessions', { phone: driver, role: 'driver' });
  expect(ended.endedSessions).toBe(1);
  expect(codeOf(await refresh(body?.refreshToken ?? ''))).toBe('INVALID_REFRESH_TOKEN');
});

test('who is logged out everywhere may log in again', async () => {
  const phone = freshPhone();
  const first = await logIn(phone);
  await cool(phone);
  const second = await logIn(phone);
  const account = { phone, role: 'customer' };
  expect((await run('end-sessions', account)).endedSessions).toBe(2);
  expect((await run('end-sessions', account)).endedSessions).toBe(0);
  for (const { tokens } of [first, second]) {
    expect(codeOf(await refresh(tokens.refreshToken))).toBe('INVALID_REFRESH_TOKEN');
    expect(codeOf(await auth.getMe(bearer(tokens.accessToken)))).toBe('UNAUTHORIZED');
  }
  expect((await tryLogIn(phone)).status).toBe(200);
});

describe('an operator reads', () => {
  test.each(['suspend-account', 'restore-account', 'end-sessions'])(
    '%s: that there is no such account, and not whose number that is',
    async (command) => {
      const phone = freshPhone();
      const reason = command === 'suspend-account' ? { reason: 'x' } : {};
      const refused = operate(command, { phone, role: 'driver', ...reason });
      await expect(refused).rejects.toThrow(`There is no driver with the number ${masked(phone)}.`);
      expect(await sql('SELECT 1 FROM weelo.users WHERE phone = $1', [phone])).toEqual([]);
    },
  );

  test.each([
    ['suspend-account', { phone: '9876543210', role: 'customer' }, 'reason'],
    ['suspend-account', { phone: '9876543210', role: 'customer', reason: ' ' }, 'reason'],
    ['end-sessions', { phone: '9876543210', role: 'admin' }, 'role'],
    ['end-sessions', { phone: '12345', role: 'driver' }, '10-digit Indian mobile number'],
    ['restore-account', { phone: '9876543210', role: 'driver', rule: 'x' }, 'rule'],
  ])('%s: what is wrong with %j', async (command, input, message) => {
    await expect(operate(command, input)).rejects.toThrow(message);
  });

  test('what there is, and what it wants', async () => {
    expect(await operate('help', {})).toMatchObject({
      'suspend-account': {
        summary: expect.stringContaining('ends its sessions'),
        input: { phone: {}, role: { enum: ['customer', 'transporter', 'driver'] }, reason: {} },
        required: ['phone', 'role', 'reason'],
      },
      'restore-account': { required: ['phone', 'role'] },
      'end-sessions': { required: ['phone', 'role'] },
      'rotate-keys': { input: { leaked: { type: 'string' } } },
    });
  });
});

describe('what the runbooks have operators type', () => {
  const pages = globSync('docs/**/*.md').map((path) => [path, readFileSync(path, 'utf8')] as const);
  const typed = pages.flatMap(([path, text]) =>
    [...text.matchAll(/npm run operate -- \S+ ([a-z-]+)(?: '(\{.*?\})')?/g)].map(
      ([, name = '', input = '{}']) => ({ path, name, input }),
    ),
  );
  const Help = z.record(
    z.string(),
    z.object({
      input: z.record(z.string(), z.unknown()).optional(),
      required: z.array(z.string()).optional(),
    }),
  );

  test.each(typed)('$name in $path is a command, with the fields that it wants', async (each) => {
    const help = Help.parse(await operate('help', {}));
    const known = each.name === 'help' ? {} : help[each.name];
    expect(known, `a command ${each.name}`).toBeDefined();
    const fields = Object.keys(JSON.parse(each.input) as object);
    expect(Object.keys(known?.input ?? {})).toEqual(expect.arrayContaining(fields));
    expect(fields).toEqual(expect.arrayContaining(known?.required ?? []));
  });
});

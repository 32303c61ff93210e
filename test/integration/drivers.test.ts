import { beforeAll, describe, expect, test } from 'vitest';
import { onboardDriver } from '../../src/identity/fleets/onboard-driver.ts';
import { prepareSession } from '../../src/identity/sessions/open-session.ts';
import { logInDriver } from '../../src/identity/sessions/session-store.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { freshPhone } from '../support/worlds/auth-world.ts';
import { fleetWorld, type Person } from '../support/worlds/fleet-world.ts';

let world: Awaited<ReturnType<typeof fleetWorld>>;
beforeAll(async () => {
  world = await fleetWorld();
});

const other = (code: string) => (code === '000000' ? '111111' : '000000');

const initiate = async ({ token }: Person, phone: string, change: object = {}) => {
  const body = { phone, name: 'Ramesh Kumar', licenseNumber: 'ka01 20200001234', ...change };
  const { body: answer, error } = await world.fleet.beginOnboarding({ token, body });
  return { ...answer, code: error?.code, error };
};
const verify = async ({ token }: Person, phone: string, otp: string) => {
  const answer = await world.fleet.finishOnboarding({ token, body: { phone, otp } });
  const { status, body, error } = answer;
  return { status, driver: body?.driver, code: error?.code, error };
};
const resend = async ({ token }: Person, phone: string) => {
  const { body, error } = await world.fleet.resendOnboardingCode({ token, body: { phone } });
  return { ...body, code: error?.code };
};
const list = async ({ token }: Person) => {
  const { body } = await world.fleet.listDrivers({ token });
  if (!body) throw new Error('There is no list');
  return body;
};
/** Whether a driver's account was changed after it was made. */
const changesOf = async (phone: string) => {
  const [row] = await world.sql(
    `SELECT updated_at = created_at AS same FROM weelo.users WHERE phone = $1 AND role = 'driver'`,
    [phone],
  );
  return row?.['same'] === true ? 'none' : 'some';
};
const fleetOf = async (phone: string) => {
  const rows = await world.sql(
    `SELECT transporter_id FROM weelo.users WHERE phone = $1 AND role = 'driver'`,
    [phone],
  );
  return rows.map((row) => row['transporter_id']);
};

/** As if this much time had passed for a number. */
async function without(phone: string, ...parts: readonly ('cooling' | 'sends')[]) {
  for (const part of parts) await world.redis.del(`driver-onboard:{${phone}}:${part}`);
}

/** Where the code lies that a transporter asked a driver for, and the names begin of what lies beside it. */
const codeKey = ({ id }: Person, phone: string) => `driver-onboard:{${phone}}:${id}`;

async function codeFor(owner: Person, phone: string): Promise<string> {
  await without(phone, 'cooling', 'sends');
  expect((await initiate(owner, phone)).code).toBeUndefined();
  return world.codeSentTo(phone);
}

async function onboard(owner: Person, phone = freshPhone()) {
  const { driver } = await verify(owner, phone, await codeFor(owner, phone));
  if (!driver) throw new Error('Nobody was taken in');
  return driver;
}

describe('a driver', () => {
  test('gets a code on their own phone, with the name of the fleet, and is taken in', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const { code: refused, error: _, ...asked } = await initiate(owner, `+91 ${phone}`);
    expect(refused).toBeUndefined();
    const masked = `${phone.slice(0, 2)}xxxxxx${phone.slice(-2)}`;
    expect(asked).toEqual({
      message: `A code was sent to ${masked}.`,
      driverPhoneMasked: masked,
      expiresInMinutes: 10,
    });
    const [message] = await world.takeMessages();
    expect(message?.sms).toEqual({
      to: phone,
      template: 'driver-onboarding',
      values: { code: expect.stringMatching(/^\d{6}$/), fleetName: 'Rao Roadlines' },
    });
    expect(await fleetOf(phone)).toEqual([]);

    const taken = await verify(owner, phone, message?.sms.values.code ?? '');
    expect(taken.status).toBe(201);
    expect(taken.driver).toEqual({
      id: expect.any(String),
      name: 'Ramesh Kumar',
      phone,
      licenseNumber: 'KA01 20200001234',
      isVerified: true,
    });
    expect(await list(owner)).toEqual({
      drivers: [
        {
          id: taken.driver?.id,
          transporterId: owner.id,
          phone,
          name: 'Ramesh Kumar',
          email: null,
          profilePhotoUrl: null,
          licenseNumber: 'KA01 20200001234',
          licenseExpiry: null,
          isOnline: false,
          isAvailable: false,
          isOnTrip: false,
          status: 'offline',
          assignedVehicleId: null,
          assignedVehicleNumber: null,
          currentTripId: null,
          lastLocation: null,
          rating: null,
          totalTrips: 0,
          createdAt: expect.any(String),
          updatedAt: expect.any(String),
        },
      ],
      total: 1,
      online: 0,
      offline: 1,
      active: 1,
      available: 0,
      cached: false,
    });
  });

  test('can log in then, with the code that the transporter is sent', async () => {
    const owner = await world.transporter();
    const { phone, id } = await onboard(owner);
    await world.auth.sendDriverLoginCode({ body: { driverPhone: phone } });
    const otp = await world.codeSentTo(owner.phone);
    const { body } = await world.auth.verifyDriverLoginCode({ body: { driverPhone: phone, otp } });
    expect(body?.driver).toMatchObject({ id, transporterId: owner.id });
  });

  test('may be somebody’s customer, and keeps one account as a driver', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    await world.logIn(phone, 'customer');
    const first = await onboard(owner, phone);
    await world.fleet.removeDriver({ token: owner.token, params: { id: first.id } });
    const next = await world.transporter();
    await without(phone, 'cooling');
    await initiate(next, phone, { name: 'R. Kumar', licenseNumber: '' });
    const again = await verify(next, phone, await world.codeSentTo(phone));
    expect(again.driver).toEqual({ ...first, name: 'R. Kumar' });
    expect(await fleetOf(phone)).toEqual([next.id]);
  });

  test.each(['own', 'other'] as const)('in the %s fleet is asked by nobody', async (whose) => {
    const owner = await world.transporter();
    const { phone } = await world.driverOf(owner);
    const asking = whose === 'own' ? owner : await world.transporter();
    const { error } = await initiate(asking, phone);
    expect(error).toEqual({
      status: 409,
      code: 'DRIVER_ALREADY_IN_FLEET',
      message: expect.any(String),
      requestId: expect.any(String),
    });
    expect(await world.takeMessages()).toEqual([]);
  });

  test('who is suspended is not taken in, before the code or after it', async () => {
    const owner = await world.transporter();
    const { phone, id } = await onboard(owner);
    await world.fleet.removeDriver({ token: owner.token, params: { id } });
    const code = await codeFor(owner, phone);
    await world.sql('UPDATE weelo.users SET suspended_at = now() WHERE id = $1', [id]);
    expect((await verify(owner, phone, code)).code).toBe('ACCOUNT_SUSPENDED');
    await without(phone, 'cooling');
    expect((await initiate(owner, phone)).code).toBe('ACCOUNT_SUSPENDED');
    expect(await fleetOf(phone)).toEqual([null]);
  });

  test.each<[object, string]>([
    [{ name: '' }, 'name'],
    [{ name: undefined }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ licenseNumber: 'KA01;DROP' }, 'licenseNumber'],
    [{ email: 'nobody' }, 'email'],
    [{ phone: undefined }, 'phone'],
  ])('with %j is refused, and nobody is asked', async (change, path) => {
    const { error } = await initiate(await world.transporter(), freshPhone(), change);
    expect(error?.code).toBe('VALIDATION_ERROR');
    expect(error?.details?.map((detail) => detail.path)).toEqual([path]);
    expect(await world.takeMessages()).toEqual([]);
  });

  test.each(['12345', '5876543210', '+1 212 555 0100'])('has no number %s', async (phone) => {
    const owner = await world.transporter();
    expect((await initiate(owner, phone)).code).toBe('INVALID_PHONE');
    expect((await verify(owner, phone, '123456')).code).toBe('INVALID_PHONE');
    expect((await resend(owner, phone)).code).toBe('INVALID_PHONE');
  });
});

describe('an onboarding code', () => {
  test('stands nowhere in clear, and expires after ten minutes with the noted request', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const keys = [codeKey(owner, phone), `${codeKey(owner, phone)}:note`];
    for (const key of keys) {
      expect(await world.redis.get(key)).not.toContain(code);
      const life = await world.redis.ttl(key);
      expect(life).toBeGreaterThan(590);
      expect(life).toBeLessThanOrEqual(600);
    }
    await world.redis.del(keys[0] ?? '');
    expect((await verify(owner, phone, code)).code).toBe('OTP_NOT_FOUND');
    await world.redis.del(keys[1] ?? '');
    expect((await verify(owner, phone, code)).code).toBe('NO_PENDING_REQUEST');
    expect((await resend(owner, phone)).code).toBe('NO_PENDING_REQUEST');
  });

  test('works once, also for twenty at once', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(owner, phone, code)));
    const told = answers.filter(({ status }) => status === 201);
    expect(told.length).toBeGreaterThan(0);
    for (const { driver } of told) expect(driver).toEqual(told[0]?.driver);
    for (const other of answers.filter(({ status }) => status !== 201)) {
      expect(other.code).toBe('OTP_NOT_FOUND');
    }
    // One of them has used it: a second use would have changed the account that the first one made.
    expect(await changesOf(phone)).toBe('none');
    expect(await fleetOf(phone)).toEqual([owner.id]);
  });

  test('whose answer was lost is told again, and works no second time', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const { driver } = await verify(owner, phone, code);
    expect(driver).toBeDefined();
    for (const otp of [code, other(code)]) {
      expect(await verify(owner, phone, otp)).toMatchObject({ status: 201, driver });
    }
    expect(await changesOf(phone)).toBe('none');

    await world.fleet.removeDriver({ token: owner.token, params: { id: driver?.id ?? '' } });
    expect((await verify(owner, phone, code)).code).toBe('NO_PENDING_REQUEST');
    expect(await fleetOf(phone)).toEqual([null]);
  });

  test('whose answer was lost is told again, also when its request was not forgotten', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const note = String(await world.redis.get(`${codeKey(owner, phone)}:note`));
    const { driver } = await verify(owner, phone, code);
    await world.redis.set(`${codeKey(owner, phone)}:note`, note, 'EX', 600);
    expect(await verify(owner, phone, code)).toMatchObject({ status: 201, driver });
    expect(await changesOf(phone)).toBe('none');
  });

  test('does not tell who drives for somebody else', async () => {
    const [owner, stranger] = [await world.transporter(), await world.transporter()];
    const driver = await world.driverOf(owner);
    const [theirs, nobodys] = [
      await verify(stranger, driver.phone, '123456'),
      await verify(stranger, freshPhone(), '123456'),
    ];
    for (const { error } of [theirs, nobodys]) {
      expect(error).toMatchObject({ status: 400, code: 'NO_PENDING_REQUEST' });
    }
    expect(theirs.error?.message).toBe(nobodys.error?.message);
    expect((await resend(stranger, driver.phone)).code).toBe('NO_PENDING_REQUEST');
    expect((await resend(owner, driver.phone)).code).toBe('NO_PENDING_REQUEST');
  });

  test('is tried thirty times in ten minutes by one transporter, for whatever numbers', async () => {
    const stranger = await world.transporter();
    const phone = freshPhone();
    for (let tries = 0; tries < 30; tries += 1) {
      expect((await verify(stranger, phone, '123456')).code).toBe('NO_PENDING_REQUEST');
    }
    expect((await verify(stranger, phone, '123456')).error).toMatchObject({
      status: 429,
      code: 'RATE_LIMIT_EXCEEDED',
    });
  });

  test('that is asked for again with the same words is one code and one answer', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const first = await initiate(owner, phone);
    const code = await world.codeSentTo(phone);
    for (let again = 0; again < 4; again += 1) expect(await initiate(owner, phone)).toEqual(first);
    expect(await world.takeMessages()).toEqual([]);
    expect(await world.redis.get(`driver-onboard:{${phone}}:sends`)).toBe('1');
    // Other words are another question, and so is a resend.
    expect((await initiate(owner, phone, { name: 'R.' })).code).toBe('OTP_COOLDOWN');
    expect((await resend(owner, phone)).code).toBe('OTP_COOLDOWN');
    expect((await verify(owner, phone, code)).status).toBe(201);
  });

  test('that is asked for again after 30 seconds is another one', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    await codeFor(owner, phone);
    await without(phone, 'cooling');
    expect((await initiate(owner, phone)).code).toBeUndefined();
    await world.codeSentTo(phone);
    // As if somebody else had asked just now, and this one half a minute ago.
    await world.redis.pexpire(`${codeKey(owner, phone)}:note`, 569_000);
    expect((await initiate(owner, phone)).code).toBe('OTP_COOLDOWN');
  });

  test('that was never sent was not asked for, and is not said to be on its way', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    await world.redis.set(`{otp-budget}:receiver:${phone}`, 1_000_000, 'EX', 600);
    expect((await initiate(owner, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
    await world.redis.del(`{otp-budget}:receiver:${phone}`);
    expect((await initiate(rival, phone)).code).toBeUndefined();
    expect((await initiate(owner, phone)).code).toBe('OTP_COOLDOWN');
  });

  test('locks the number after five wrong ones, also when tried at once, and a resend helps not', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const wrong = await Promise.all(
      Array.from({ length: 12 }, () => verify(owner, phone, other(code))),
    );
    const codes = wrong.map((answer) => answer.code);
    expect(codes.filter((each) => each === 'OTP_INVALID')).toHaveLength(5);
    expect(codes.filter((each) => each === 'OTP_MAX_ATTEMPTS')).toHaveLength(7);
    expect((await verify(owner, phone, code)).error).toMatchObject({
      code: 'OTP_MAX_ATTEMPTS',
      retryAfterMs: expect.any(Number),
    });
    await without(phone, 'cooling', 'sends');
    expect((await resend(owner, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
    await world.redis.del(`${codeKey(owner, phone)}:wrong`);
    expect((await verify(owner, phone, code)).status).toBe(201);
  });

  test('is not locked, voided or used up by what a rival does', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    const rivals = await codeFor(rival, phone);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await verify(rival, phone, other(rivals))).code).toBe('OTP_INVALID');
    }
    expect((await verify(rival, phone, rivals)).code).toBe('OTP_MAX_ATTEMPTS');
    await without(phone, 'cooling', 'sends');
    expect((await resend(owner, phone)).code).toBeUndefined();
    const next = await world.codeSentTo(phone);
    if (code !== next) expect((await verify(owner, phone, code)).code).toBe('OTP_INVALID');
    expect((await verify(owner, phone, next)).status).toBe(201);
  });

  test('says how often it can still be tried', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    expect((await verify(owner, phone, other(code))).error?.data).toEqual({ attemptsLeft: 4 });
  });

  test('is sent after 30 seconds again, three times in ten minutes, whoever asks', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    expect((await initiate(owner, phone)).code).toBeUndefined();
    expect((await initiate(owner, phone, { name: 'R.' })).code).toBe('OTP_COOLDOWN');
    expect((await resend(owner, phone)).code).toBe('OTP_COOLDOWN');
    expect((await initiate(rival, phone)).code).toBe('OTP_COOLDOWN');
    for (const asking of [owner, rival]) {
      await without(phone, 'cooling');
      expect((await initiate(asking, phone)).code).toBeUndefined();
    }
    await without(phone, 'cooling');
    expect((await initiate(owner, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
    expect((await resend(rival, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
  });

  test('is replaced by a new one, with what was said of the driver', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const first = await codeFor(owner, phone);
    await without(phone, 'cooling');
    expect(await resend(owner, phone)).toEqual({
      message: expect.any(String),
      expiresInMinutes: 10,
      code: undefined,
    });
    const second = await world.codeSentTo(phone);
    if (first !== second) expect((await verify(owner, phone, first)).code).toBe('OTP_INVALID');
    expect((await verify(owner, phone, second)).driver?.name).toBe('Ramesh Kumar');
  });

  test('works for the transporter who asked the driver, and for nobody else', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    expect((await verify(rival, phone, code)).code).toBe('NO_PENDING_REQUEST');
    expect((await resend(rival, phone)).code).toBe('NO_PENDING_REQUEST');
    // What a rival tries has cost the owner nothing.
    expect((await verify(owner, phone, other(code))).error?.data).toEqual({ attemptsLeft: 4 });

    const owners = String(await world.redis.get(codeKey(owner, phone)));
    const rivals = await codeFor(rival, phone);
    // What was kept of the owner's code is of no use with the rival's request.
    const kept = String(await world.redis.getset(codeKey(rival, phone), owners));
    expect((await verify(rival, phone, code)).code).toBe('OTP_INVALID');
    await world.redis.set(codeKey(rival, phone), kept);
    if (code !== rivals) {
      expect((await verify(owner, phone, rivals)).code).toBe('OTP_INVALID');
      expect((await verify(rival, phone, code)).code).toBe('OTP_INVALID');
    }
  });

  test.each(['first', 'second'] as const)(
    'of two transporters who asked one driver serves who verifies first: the %s',
    async (whose) => {
      const askers = [await world.transporter(), await world.transporter()] as const;
      const phone = freshPhone();
      const asked = [
        { by: askers[0], code: await codeFor(askers[0], phone) },
        { by: askers[1], code: await codeFor(askers[1], phone) },
      ] as const;
      const [winner, loser] = whose === 'first' ? asked : ([asked[1], asked[0]] as const);
      expect((await verify(winner.by, phone, winner.code)).status).toBe(201);
      expect((await verify(loser.by, phone, loser.code)).code).toBe('DRIVER_ALREADY_IN_FLEET');
      expect(await fleetOf(phone)).toEqual([winner.by.id]);
    },
  );

  test('of two transporters who verify at once serves one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const askers = [await world.transporter(), await world.transporter()];
      const phone = freshPhone();
      const codes: string[] = [];
      for (const asker of askers) codes.push(await codeFor(asker, phone));
      const answers = await Promise.all(
        askers.map((asker, i) => verify(asker, phone, codes[i] ?? '')),
      );
      const winner = answers.findIndex(({ status }) => status === 201);
      expect(answers[1 - winner]?.code).toBe('DRIVER_ALREADY_IN_FLEET');
      expect(await fleetOf(phone)).toEqual([askers[winner]?.id]);
    }
  });

  test('is good again when its use failed for a fault of ours', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    await world.sql('ALTER TABLE weelo.users RENAME COLUMN license_number TO away');
    const failed = await verify(owner, phone, code);
    await world.sql('ALTER TABLE weelo.users RENAME COLUMN away TO license_number');
    expect(failed.code).toBe('INTERNAL_ERROR');
    expect((await verify(owner, phone, code)).status).toBe(201);
  });

  test('that could not be sent leaves things as they were', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    await without(phone, 'cooling');
    const budget = `{otp-budget}:receiver:${phone}`;
    await world.redis.set(budget, 1_000_000, 'EX', 600);
    expect((await initiate(rival, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
    await world.redis.del(budget);
    // What the rival said is noted, so that it can be sent again.
    expect((await verify(rival, phone, code)).code).toBe('OTP_NOT_FOUND');
    expect((await verify(owner, phone, code)).status).toBe(201);
  });

  test('that was never sent can be sent again', async () => {
    const owner = await world.transporter();
    const phone = freshPhone();
    await world.redis.set(`{otp-budget}:receiver:${phone}`, 1_000_000, 'EX', 600);
    expect((await initiate(owner, phone)).code).toBe('OTP_RATE_LIMIT_EXCEEDED');
    await world.redis.del(`{otp-budget}:receiver:${phone}`);
    expect((await resend(owner, phone)).code).toBeUndefined();
    expect((await verify(owner, phone, await world.codeSentTo(phone))).status).toBe(201);
  });

  test('takes nobody out of another fleet, who joined that one in the meantime', async () => {
    const [owner, rival] = [await world.transporter(), await world.transporter()];
    const phone = freshPhone();
    const code = await codeFor(owner, phone);
    await world.sql(
      `INSERT INTO weelo.users (id, role, phone, transporter_id) VALUES (gen_random_uuid(), 'driver', $1, $2)`,
      [phone, rival.id],
    );
    expect((await verify(owner, phone, code)).code).toBe('DRIVER_ALREADY_IN_FLEET');
    expect(await fleetOf(phone)).toEqual([rival.id]);
  });
});

describe('of two transporters', () => {
  test('who ask a driver at once one is heard, and the other is told to wait', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owners = [await world.transporter(), await world.transporter()];
      const phone = freshPhone();
      const answers = await Promise.all(owners.map((owner) => initiate(owner, phone)));
      const heard = answers.filter(({ code }) => code === undefined);
      expect(heard).toHaveLength(1);
      expect(answers.filter(({ code }) => code === 'OTP_COOLDOWN')).toHaveLength(1);
      const code = await world.codeSentTo(phone);
      const tries = await Promise.all(owners.map((owner) => verify(owner, phone, code)));
      const winner = owners[answers.findIndex((answer) => answer.code === undefined)];
      expect(tries.map((each) => each.status).toSorted()).toEqual([-1, 201]);
      expect(await fleetOf(phone)).toEqual([winner?.id]);
    }
  });

  test.each(['new', 'known'] as const)(
    'who both have the yes of a %s driver at once one gets the driver',
    async (kind) => {
      for (let round = 0; round < 10; round += 1) {
        const owners = [await world.transporter(), await world.transporter()];
        const phone = freshPhone();
        if (kind === 'known') {
          await world.sql(
            `INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), 'driver', $1)`,
            [phone],
          );
        }
        const join = async ({ id: transporterId }: Person) => {
          const recruit = { phone, name: 'R', licenseNumber: null, email: null, transporterId };
          const joined = onboardDriver(recruit, { postgres: world.postgres, ids });
          return joined.then(
            () => transporterId,
            (error: unknown) => (error as { code?: string }).code,
          );
        };
        const answers = await Promise.all(owners.map(join));
        const winners = owners.filter(({ id }) => answers.includes(id));
        expect(winners).toHaveLength(1);
        expect(answers).toContain('DRIVER_ALREADY_IN_FLEET');
        expect(await fleetOf(phone)).toEqual([winners[0]?.id]);
      }
    },
  );
});

describe('a driver who is let go', () => {
  test('is logged out everywhere, and is in no fleet and in no list', async () => {
    const owner = await world.transporter();
    const driver = await world.driverOf(owner);
    const second = await world.session(driver.id, 'driver');
    const { vehicle } = await world.register(owner);
    await world.sql('UPDATE weelo.vehicles SET assigned_driver_id = $2 WHERE id = $1', [
      vehicle?.id,
      driver.id,
    ]);
    expect((await list(owner)).drivers[0]).toMatchObject({
      assignedVehicleId: vehicle?.id,
      assignedVehicleNumber: vehicle?.vehicleNumber,
    });
    const removed = { token: owner.token, params: { id: driver.id } };
    expect((await world.fleet.removeDriver(removed)).status).toBe(200);
    // Once more changes nothing, and is answered the same: the first answer may have been lost.
    expect((await world.fleet.removeDriver(removed)).status).toBe(200);
    for (const { token } of [driver, second]) {
      expect((await world.auth.getMe({ token })).error?.code).toBe('UNAUTHORIZED');
    }
    expect(await fleetOf(driver.phone)).toEqual([null]);
    expect((await list(owner)).total).toBe(0);
    const { body } = await world.fleet.getVehicle({
      token: owner.token,
      params: { id: vehicle?.id ?? '' },
    });
    expect(body?.vehicle.assignedDriverId).toBeNull();
  });

  test('keeps what another fleet says of its vehicles', async () => {
    const [owner, other] = [await world.transporter(), await world.transporter()];
    const driver = await world.driverOf(owner);
    const { vehicle } = await world.register(other);
    const drives = 'UPDATE weelo.vehicles SET assigned_driver_id = $2 WHERE id = $1';
    await world.sql(drives, [vehicle?.id, driver.id]);
    await world.fleet.removeDriver({ token: owner.token, params: { id: driver.id } });
    const { body } = await world.fleet.getVehicle({
      token: other.token,
      params: { id: vehicle?.id ?? '' },
    });
    expect(body?.vehicle.assignedDriverId).toBe(driver.id);
  });

  test('while logging in is not logged in', async () => {
    let before = 0;
    for (let round = 0; round < 20; round += 1) {
      const owner = await world.transporter();
      const driver = await world.driverOf(owner);
      const session = prepareSession({}, ids);
      const [removed, login] = await Promise.all([
        world.fleet.removeDriver({ token: owner.token, params: { id: driver.id } }),
        world.postgres.run((db) =>
          logInDriver(db, { id: driver.id, transporterId: owner.id }, session),
        ),
      ]);
      expect(removed.status).toBe(200);
      if (login) before += 1;
      const open = await world.sql(
        'SELECT id FROM weelo.sessions WHERE user_id = $1 AND ended_at IS NULL',
        [driver.id],
      );
      expect(open).toEqual([]);
      expect(await fleetOf(driver.phone)).toEqual([null]);
    }
    expect(before).toBeGreaterThan(0);
  });

  test('by many requests at once is let go once, and each is told so', async () => {
    const owner = await world.transporter();
    const driver = await world.driverOf(owner);
    const removed = { token: owner.token, params: { id: driver.id } };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.fleet.removeDriver(removed)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await fleetOf(driver.phone)).toEqual([null]);
  });

  test('is unknown to a transporter whose fleet the driver did not leave', async () => {
    const [owner, stranger] = [await world.transporter(), await world.transporter()];
    const driver = await world.driverOf(owner);
    const by = async ({ token }: Person) =>
      (await world.fleet.removeDriver({ token, params: { id: driver.id } })).error?.code;
    expect(await by(stranger)).toBe('DRIVER_NOT_FOUND');
    expect(await by(owner)).toBeUndefined();
    expect(await by(stranger)).toBe('DRIVER_NOT_FOUND');
  });
});

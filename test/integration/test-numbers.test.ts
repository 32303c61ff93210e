import { afterEach, describe, expect, test, vi } from 'vitest';
import { authWorld, freshPhone } from '../support/worlds/auth-world.ts';
import { writtenMetrics } from '../support/written-metrics.ts';

// Metrics are configured when the first function is loaded.
vi.hoisted(() => {
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'false';
});

const world = await authWorld();
afterEach(() => vi.restoreAllMocks());

let tests = 0;
function testNumber(): string {
  tests += 1;
  return `00000${String(tests).padStart(5, '0')}`;
}

describe('a test number', () => {
  test('logs a customer in, with a code as random and as hidden as any other', async () => {
    const phone = testNumber();
    await world.auth.sendLoginCode({ body: { phone, role: 'customer' } });
    const [sent] = await world.takeMessages();
    expect(sent?.sms).toMatchObject({ to: phone, template: 'login' });
    const otp = sent?.sms.values.code ?? '';
    expect(sent?.raw).not.toContain(otp);
    expect(await world.redis.get(`otp:${phone}:customer`)).not.toContain(otp);
    const { body } = await world.auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } });
    expect(body?.user).toMatchObject({ phone, role: 'customer' });
    const again = await world.auth.verifyLoginCode({ body: { phone, otp, role: 'customer' } });
    expect(again.error?.code).toBe('OTP_EXPIRED');
  });

  test('gets another code each time', async () => {
    const codes: string[] = [];
    for (let each = 0; each < 5; each += 1) {
      const phone = testNumber();
      await world.auth.sendLoginCode({ body: { phone, role: 'customer' } });
      codes.push(await world.codeSentTo(phone));
    }
    expect(new Set(codes).size).toBeGreaterThan(1);
  });

  test('is locked by five wrong codes', async () => {
    const phone = testNumber();
    await world.auth.sendLoginCode({ body: { phone, role: 'customer' } });
    const code = await world.codeSentTo(phone);
    const otp = code === '000000' ? '111111' : '000000';
    const guess = (guessed: string) =>
      world.auth.verifyLoginCode({ body: { phone, otp: guessed, role: 'customer' } });
    for (let each = 0; each < 5; each += 1) await guess(otp);
    expect((await guess(code)).error?.code).toBe('OTP_MAX_ATTEMPTS');
  });

  test('is no transporter and no driver', async () => {
    const phone = testNumber();
    const body = { phone, role: 'transporter' } as const;
    expect((await world.auth.sendLoginCode({ body })).error?.code).toBe('INVALID_PHONE');
    const verified = await world.auth.verifyLoginCode({ body: { ...body, otp: '123456' } });
    expect(verified.error?.code).toBe('INVALID_PHONE');
    const driver = await world.auth.sendDriverLoginCode({ body: { driverPhone: phone } });
    expect(driver.error?.code).toBe('INVALID_PHONE');
    for (const role of ['transporter', 'driver']) {
      await expect(
        world.sql(`INSERT INTO weelo.users (id, role, phone) VALUES (gen_random_uuid(), $1, $2)`, [
          role,
          phone,
        ]),
      ).rejects.toThrow('users_phone_check');
    }
  });

  test.each([
    '0000100001',
    '000000001',
    '00000000012',
    '+910000000001',
    '00000 00001',
    '0123456789',
  ])('is not %s', async (phone) => {
    const { error } = await world.auth.sendLoginCode({ body: { phone, role: 'customer' } });
    expect(error?.code).toBe('INVALID_PHONE');
  });

  test('is in no metric, and another number is', async () => {
    const metrics = writtenMetrics();
    await world.logIn(testNumber());
    expect(metrics.names()).toEqual([]);
    await world.logIn(freshPhone());
    expect(metrics.names()).toEqual(['OtpOpenShareUsed', 'OtpSent', 'OtpVerified']);
  });
});

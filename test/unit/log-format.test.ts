import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import { expect, test, vi } from 'vitest';
import { observe } from '../../functions/edge/observe.ts';
import { DiscreetFormatter, withoutPhoneNumbers } from '../../src/platform/logs/log-format.ts';

/** What stands in the log after something was said. */
function logged(say: (logger: Logger) => void): string {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const complained = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  say(
    new Logger({
      serviceName: 'test',
      logFormatter: new DiscreetFormatter(),
      jsonReplacerFn: withoutPhoneNumbers,
    }),
  );
  const lines = [...written.mock.calls, ...complained.mock.calls].map(([line]) => String(line));
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  return lines.join('');
}

test('an error says what it is, where it came from, and what caused it', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'one_order',
  });
  const text = logged((logger) => logger.error('Failed', new Error('No order', { cause })));
  expect(JSON.parse(text)).toMatchObject({
    level: 'ERROR',
    message: 'Failed',
    service: 'test',
    error: {
      name: 'Error',
      message: 'No order',
      stack: expect.arrayContaining([expect.stringContaining('log-format.test.ts')]),
      cause: { message: 'duplicate key', code: '23505', constraint: 'one_order' },
    },
  });
});

test('an error does not tell the data that it happened on', () => {
  const database = Object.assign(new Error('violates check constraint "positive"'), {
    code: '23514',
    detail: 'Failing row contains (Asha Rao, Sector 18, -1).',
    where: 'Asha Rao',
    meta: { arguments: ['Asha Rao'] },
  });
  const prisma = new Error('\nInvalid `prisma.user.create()` call:\n\n{ name: "Asha Rao" }');
  prisma.name = 'PrismaClientValidationError';
  for (const error of [database, prisma, new Error('Outer', { cause: database })]) {
    const text = logged((logger) => logger.error('Failed', error));
    expect(text).not.toMatch(/Asha|Sector/);
    expect(text).toMatch(/positive|Invalid/);
  }
});

test.each([
  ['9876543210', 'xxxxxx3210'],
  ['+919876543210', 'xxxxxx3210'],
  ['otp:9876543210:customer', 'otp:xxxxxx3210:customer'],
  ['call 9876543210 or 8765432109.', 'call xxxxxx3210 or xxxxxx2109.'],
  ['0190b3b0-7c3f-7c3f-8c3f-9876543210ab', '0190b3b0-7c3f-7c3f-8c3f-9876543210ab'],
  ['1769851800000', '1769851800000'],
])('%s is logged as %s', (said, expected) => {
  const text = logged((logger) => logger.info('Said', { said, deep: { said } }));
  expect(JSON.parse(text)).toMatchObject({ said: expected, deep: { said: expected } });
});

test('what leaves a function says no more than its log line: Lambda logs that error with all its fields', async () => {
  const failure = Object.assign(new Error('The phone 9876543210 is taken'), {
    name: 'DatabaseError',
    detail: 'Key (phone)=(9876543210) already exists.',
    cause: new Error('9876543210'),
  });
  const handler = middy<unknown, unknown>()
    .use(observe())
    .handler(() => Promise.reject(failure));
  const left = await handler({}, {} as Parameters<typeof handler>[1]).catch(
    (error: unknown) => error,
  );
  expect(left).toBeInstanceOf(Error);
  expect(left).toMatchObject({ name: 'DatabaseError', message: 'The phone xxxxxx3210 is taken' });
  expect(JSON.stringify(left, Object.getOwnPropertyNames(left))).not.toContain('9876543210');
});

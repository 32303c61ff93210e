import { expect, test } from 'vitest';
import { errorsOf } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';

const login = routes.filter(({ path }) => /^\/api\/v1\/(?:driver-)?auth\//.test(path));
const codesOf = (some: typeof login) => [...new Set(some.flatMap((each) => errorsOf(each)))];

/** What any route may answer, whatever it is for. */
const everywhere = [
  'INTERNAL_ERROR',
  'PAYLOAD_TOO_LARGE',
  'RATE_LIMIT_EXCEEDED',
  'SERVICE_UNAVAILABLE',
  'UNSUPPORTED_MEDIA_TYPE',
];

test('these codes leave login, and no others: both apps know each of them', () => {
  expect(codesOf(login).toSorted()).toEqual(
    [
      ...everywhere,
      'ACCOUNT_SUSPENDED',
      'DRIVER_NOT_FOUND',
      'INVALID_OTP',
      'INVALID_PHONE',
      'INVALID_REFRESH_TOKEN',
      'NOT_FOUND',
      'OTP_COOLDOWN',
      'OTP_EXPIRED',
      'OTP_INVALID',
      'OTP_MAX_ATTEMPTS',
      'OTP_NOT_FOUND',
      'OTP_RATE_LIMIT_EXCEEDED',
      'OTP_SEND_FAILED',
      'TRANSPORTER_NOT_FOUND',
      'UNAUTHORIZED',
      'VALIDATION_ERROR',
    ].toSorted(),
  );
});

test('NOT_FOUND is for the session that is not yours', () => {
  const withIt = login.filter((each) => errorsOf(each).includes('NOT_FOUND'));
  expect(withIt.map(({ id }) => id)).toEqual(['endSession']);
});

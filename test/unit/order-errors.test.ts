import { expect, test } from 'vitest';
import { errors, errorCodes, type ErrorCode } from '../../src/contract/errors.ts';
import { cancelOrder, placeOrder } from '../../src/contract/http/orders/routes.ts';
import { errorsOf } from '../../src/contract/http/route.ts';

const messageOf = (code: ErrorCode) => errors[code].message;

/** What makes the customer app try six times, and then keep the order for later. */
const alarming = /network|timeout|connection|unable to resolve host/i;

test.each(errorsOf(placeOrder))(
  'the customer app does not take %s for a lost network when it places an order',
  (code) => {
    expect(messageOf(code)).not.toMatch(alarming);
  },
);

test('the errors of an order include those that follow from its route', () => {
  expect(errorsOf(placeOrder)).toEqual(
    expect.arrayContaining([
      'VALIDATION_ERROR',
      'MISSING_IDEMPOTENCY_KEY',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ACTIVE_ORDER_EXISTS',
      'CONCURRENT_REQUEST',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'PRICE_TOO_LOW',
      'IDEMPOTENCY_CONFLICT',
      'RATE_LIMIT_EXCEEDED',
      'INTERNAL_ERROR',
      'SERVICE_UNAVAILABLE',
    ]),
  );
});

test('the customer app recognises an order that is in the way by the message, not by the code', () => {
  expect(messageOf('ACTIVE_ORDER_EXISTS')).toMatch(/active order/i);
  const misleading = errorCodes.filter(
    (code) => code !== 'ACTIVE_ORDER_EXISTS' && /active[ _]order/i.test(messageOf(code)),
  );
  expect(misleading).toEqual([]);
});

test('the error for a taken lock has the message of the documents', () => {
  expect(messageOf('CONCURRENT_REQUEST')).toMatch(
    /^Another order request is being processed\. Please wait/,
  );
  expect(errorsOf(cancelOrder)).toContain('CONCURRENT_REQUEST');
});

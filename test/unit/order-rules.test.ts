import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TruckStatus } from '../../src/contract/http/orders/views.ts';
import { afterCancelling, afterDeadline, isLive, statusOf } from '../../src/orders/order/order.ts';

const searching = { searchOpen: true, cancelled: false, needed: 2, claimed: 0, filled: 0 };
const closed = { ...searching, searchOpen: false };

describe('the status of an order', () => {
  test.each([
    ['broadcasting', { ...searching, trucks: ['searching', 'searching'] }],
    ['broadcasting', { ...searching, claimed: 1, trucks: ['held', 'searching'] }],
    [
      'partially_filled',
      { ...searching, claimed: 1, filled: 1, trucks: ['assigned', 'searching'] },
    ],
    ['fully_filled', { ...closed, claimed: 2, filled: 2, trucks: ['assigned', 'assigned'] }],
    ['partially_filled', { ...closed, claimed: 1, filled: 1, trucks: ['assigned', 'expired'] }],
    ['partially_filled', { ...closed, claimed: 1, trucks: ['held', 'expired'] }],
    ['expired', { ...closed, trucks: ['expired', 'expired'] }],
    ['in_progress', { ...closed, claimed: 2, filled: 2, trucks: ['in_progress', 'assigned'] }],
    ['in_progress', { ...closed, claimed: 2, filled: 2, trucks: ['completed', 'assigned'] }],
    ['completed', { ...closed, claimed: 1, filled: 1, trucks: ['completed', 'expired'] }],
    ['cancelled', { ...closed, cancelled: true, trucks: ['cancelled', 'cancelled'] }],
  ] as const)('is %s', (status, facts) => {
    expect(statusOf(facts)).toBe(status);
  });
});

describe('a truck', () => {
  const anyTruck = constantFrom(...TruckStatus.options);

  test('outlives the deadline, unless it is still searching', () => {
    assert(
      property(anyTruck, (truck) => {
        expect(afterDeadline(truck)).toBe(truck === 'searching' ? 'expired' : truck);
      }),
    );
  });

  test('of a cancelled order is ended, or keeps the end that it had', () => {
    assert(
      property(anyTruck, (truck) => {
        const after = afterCancelling(truck);
        expect(['cancelled', 'expired', 'completed']).toContain(after);
        expect(afterCancelling(after)).toBe(after);
      }),
    );
  });
});

test('an order lives until it is completed, cancelled or expired', () => {
  const over = ['completed', 'cancelled', 'expired'] as const;
  const living = ['broadcasting', 'partially_filled', 'fully_filled', 'in_progress'] as const;
  expect(over.map(isLive)).toEqual([false, false, false]);
  expect(living.map(isLive)).toEqual([true, true, true, true]);
});

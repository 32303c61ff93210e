import { expect, test } from 'vitest';
import { cumulativeShift } from '../support/layout-shift.ts';

const shift = (startTime: number, value: number) => ({ startTime, value });

test('the layout shift of a page is that of its worst five seconds', () => {
  expect(cumulativeShift([])).toBe(0);
  expect(cumulativeShift([shift(0, 0.1), shift(900, 0.2), shift(3000, 0.25)])).toBeCloseTo(0.3);
  const steady = Array.from({ length: 20 }, (_, index) => shift(index * 500, 0.01));
  expect(cumulativeShift(steady)).toBeCloseTo(0.1);
});

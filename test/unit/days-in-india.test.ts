import { expect, test } from 'vitest';
import { firstDays } from '../../src/trips/driving/days-in-india.ts';

test.each([
  ['a moment before midnight in India', '2026-01-31T18:29:59.999Z', '2026-01-31', '2026-01-26'],
  ['midnight in India', '2026-01-31T18:30:00.000Z', '2026-02-01', '2026-01-26'],
  ['a Sunday', '2026-02-01T12:00:00.000Z', '2026-02-01', '2026-01-26'],
  ['a Monday', '2026-02-01T18:30:00.000Z', '2026-02-02', '2026-02-02'],
  ['a week that began in the year before', '2027-01-01T00:00:00.000Z', '2027-01-01', '2026-12-28'],
  ['a leap day', '2028-02-29T06:00:00.000Z', '2028-02-29', '2028-02-28'],
])('%s', (_, now, today, week) => {
  const month = `${today.slice(0, 7)}-01`;
  const [earliest] = [week, month].toSorted();
  expect(firstDays(new Date(now))).toEqual({ today, week, month, earliest });
});

import { describe, expect, test } from 'vitest';
import {
  hearClock,
  seenAt,
  unheardClock,
  type PhoneClock,
} from '../../src/trips/tracking/phone-clock.ts';
import { ageOf, stalenessOf } from '../../src/fleet/last-positions/staleness.ts';

/** Batches, each so many seconds after the start by our clock, with its newest fix so many seconds before by the phone's. */
function hear(...batches: readonly (readonly [receivedAt: number, lag: number])[]) {
  let clock: PhoneClock = unheardClock;
  let seenAtMs = 0;
  for (const [received, lag] of batches) {
    const [receivedAtMs, fixAtMs] = [received * 1000, (received - lag) * 1000];
    clock = hearClock(clock, fixAtMs, receivedAtMs);
    seenAtMs = seenAt(fixAtMs, clock, receivedAtMs);
  }
  return (batches.at(-1)?.[0] ?? 0) - seenAtMs / 1000;
}

const everyMinute = (lag: number, count = 5) =>
  Array.from({ length: count }, (_, i) => [i * 60, lag + (i % 3) * 4] as const);

describe('how old a position is when it comes', () => {
  test('is what the phone says, if its clock is right', () => {
    expect(hear([0, 8])).toBe(8);
    expect(hear(...everyMinute(3), [300, 12])).toBe(12);
  });

  test('is little, if a clock is two minutes behind', () => {
    expect(hear([0, 125])).toBe(125);
    expect(hear([0, 125], [60, 121])).toBe(0);
    expect(hear(...everyMinute(121), [300, 130])).toBe(9);
  });

  test('is never less than nothing, and not less late because a clock is ahead', () => {
    expect(hear([0, -58])).toBe(0);
    expect(hear([0, -58], [60, -50])).toBe(8);
    // It was underway for a minute and a half: by the phone's clock, for half a minute.
    expect(hear([0, -58], [120, 32])).toBe(90);
  });

  test('is much, if a batch comes late from a phone with a right clock', () => {
    expect(hear([0, 900])).toBe(900);
    expect(hear(...everyMinute(5), [600, 300])).toBe(300);
    expect(hear(...everyMinute(5), [600, 300], [660, 300], [720, 300])).toBe(300);
  });

  test('is much, as long as a phone sends what has waited for a network', () => {
    const queue = [
      [0, 3600],
      [1, 2600],
      [2, 1600],
      [3, 600],
    ] as const;
    queue.forEach((_, i) => {
      const sent = queue.slice(0, i + 1);
      expect(hear(...sent)).toBe(sent.at(-1)?.[1]);
    });
    const slowly = Array.from({ length: 50 }, (_, i) => [i * 2, 3600 - i * 18] as const);
    expect(hear(...slowly)).toBe(3600 - 49 * 18);
    expect(hear(...slowly, [200, 4], [260, 6])).toBe(6);
  });

  test('is what the phone says, if its clock is more than ten minutes behind', () => {
    expect(hear(...everyMinute(700))).toBe(704);
  });

  test('is right again when a clock that was behind is set', () => {
    expect(hear(...everyMinute(121), [300, 2], [360, 40])).toBe(40);
  });
});

test('what was seen goes stale after a minute by our clock', () => {
  const seen = { seenAtMs: 1000, networkIsPoor: false };
  const staleSince = '1970-01-01T00:00:01.000Z';
  expect(stalenessOf(seen, new Date(61_000))).toMatchObject({ isStale: false, staleSince: null });
  expect(stalenessOf(seen, new Date(61_001))).toMatchObject({ isStale: true, staleSince });
  expect(ageOf(seen, new Date(500))).toBe(0);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EnvironmentPool } from '../../src/lambda/environment-pool.ts';
import { StartLine } from '../../src/lambda/start-line.ts';
import { Statistics } from '../../src/lambda/statistics.ts';

const STARTS_MS = 400;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let frozen = 0;

/** Events take as long as they say. */
const start = () => ({
  isAlive: true,
  ready: async () => {
    await after(STARTS_MS);
    return { ok: true, payload: null } as const;
  },
  invoke: async (ms: string) => {
    await after(Number(ms));
    return { ok: true, payload: null } as const;
  },
  kept: async () => 1024 ** 2,
  freeze: () => void (frozen += 1),
  crash: () => undefined,
  end: async () => undefined,
});

function poolOf(reserved?: { most: number }) {
  const statistics = new Statistics();
  const startLine = new StartLine();
  const pool = new EnvironmentPool({
    most: () => reserved?.most ?? 10,
    strict: () => reserved !== undefined,
    start,
    startLine,
    statistics,
  });
  const burst = (events: number, ms: number) =>
    Promise.all(Array.from({ length: events }, () => pool.invoke(String(ms), 'arn')));
  return { pool, burst };
}

async function untilDone<T>(work: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(60_000);
  return work;
}

test('the first event of all starts an environment at once', async () => {
  const { pool, burst } = poolOf();
  const answered = burst(1, 10);
  expect(pool.counts.total).toBe(1);
  await untilDone(answered);
});

test('a burst of quick events needs no second environment', async () => {
  const { pool, burst } = poolOf();
  await untilDone(burst(1, 10));
  await untilDone(burst(9, 10));
  expect(pool.counts).toEqual({ total: 1, idle: 1 });
});

test('is frozen when there is nothing to do, and not between two events that wait', async () => {
  const { burst } = poolOf();
  frozen = 0;
  await untilDone(burst(1, 10));
  expect(frozen).toBe(1);
  await untilDone(burst(9, 10));
  expect(frozen).toBe(2);
});

test('who waits longer than a moment gets another one, and they double until there are enough', async () => {
  const { pool, burst } = poolOf();
  await untilDone(burst(1, 10));
  const answered = burst(20, 5000);
  const totals = new Set<number>();
  for (let passed = 0; passed < 2 * STARTS_MS; passed += 10) {
    await vi.advanceTimersByTimeAsync(10);
    totals.add(pool.counts.total);
  }
  expect([...totals]).toEqual([1, 2, 4]);
  await untilDone(answered);
  expect(pool.counts.total).toBe(10);
});

test('who waits gets another one also if the timer comes early by the other clock', async () => {
  const { pool, burst } = poolOf();
  await untilDone(burst(1, 10));
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  await untilDone(burst(4, 5000));
  clock.mockRestore();
  expect(pool.counts.total).toBeGreaterThan(1);
});

test('what is reserved bounds what works, also in environments that are there already', async () => {
  const reserved = { most: 2 };
  const { burst } = poolOf(reserved);
  await untilDone(burst(1, 10));
  reserved.most = 0;
  const [refused] = await untilDone(burst(1, 10));
  expect(refused?.result).toMatchObject({ ok: false, reason: 'throttled' });
  reserved.most = 1;
  const both = await untilDone(burst(2, 10));
  expect(both.map(({ result }) => result.ok)).toEqual([true, false]);
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isCircuitOpen, makeBreaker } from '../../src/platform/circuit-breaker.ts';
import { logger, metrics } from '../../src/platform/logs/observability.ts';

const away = () => Promise.reject(new Error('The service is away'));
const answers = () => Promise.resolve('an answer');

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const made = () => makeBreaker({ service: 'sms', failures: 3, pauseMs: 10_000 });
const outcomeOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

async function opened() {
  const breaker = made();
  for (let failure = 0; failure < 3; failure++) await outcomeOf(breaker(away));
  return breaker;
}

test("the work's result or error is passed on", async () => {
  const breaker = made();
  expect(await breaker(answers)).toBe('an answer');
  await expect(breaker(away)).rejects.toThrow('The service is away');
});

test('after this many failures in a row, the service is not called any more', async () => {
  const breaker = await opened();
  const work = vi.fn<() => Promise<string>>(answers);
  const refused = await outcomeOf(breaker(work));
  expect(isCircuitOpen(refused)).toBe(true);
  expect(work).not.toHaveBeenCalled();
});

test('failures that are not in a row do not count together', async () => {
  const breaker = made();
  for (let round = 0; round < 5; round++) {
    await outcomeOf(breaker(away));
    await outcomeOf(breaker(away));
    expect(await breaker(answers)).toBe('an answer');
  }
});

test('an ordinary failure is not taken for an open circuit', async () => {
  expect(isCircuitOpen(await outcomeOf(made()(away)))).toBe(false);
});

describe('after the pause', () => {
  test('one call tries: when it is answered, everyone is let through again', async () => {
    const breaker = await opened();
    vi.advanceTimersByTime(9_999);
    expect(isCircuitOpen(await outcomeOf(breaker(answers)))).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await breaker(answers)).toBe('an answer');
    await outcomeOf(breaker(away));
    expect(await breaker(answers)).toBe('an answer');
  });

  test('when it fails, the pause begins anew', async () => {
    const breaker = await opened();
    vi.advanceTimersByTime(10_000);
    await expect(breaker(away)).rejects.toThrow('The service is away');
    vi.advanceTimersByTime(9_999);
    expect(isCircuitOpen(await outcomeOf(breaker(answers)))).toBe(true);
  });
});

test('both turns are in the log, with the name of the service', async () => {
  const warned = vi.spyOn(logger, 'warn');
  const informed = vi.spyOn(logger, 'info');
  const breaker = await opened();
  expect(warned).toHaveBeenCalledExactlyOnceWith('Circuit opened', { service: 'sms' });
  vi.advanceTimersByTime(10_000);
  await breaker(answers);
  expect(informed).toHaveBeenCalledExactlyOnceWith('Circuit closed', { service: 'sms' });
});

test('a circuit that opens is counted under the name of its service, once', async () => {
  const told = vi.spyOn(metrics, 'addMetric');
  const breaker = await opened();
  await outcomeOf(breaker(answers));
  expect(told.mock.calls.map(([name, , value]) => [name, value])).toEqual([
    ['CircuitOpenedSms', 1],
  ]);
});

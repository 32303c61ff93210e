import { afterEach, expect, test, vi } from 'vitest';
import { postPatiently } from '../../src/messaging/post-patiently.ts';
import { metrics } from '../../src/platform/logs/observability.ts';

afterEach(() => vi.restoreAllMocks());

test.each([
  ['gone', [['SocketsGone', 1]]],
  ['posted', []],
] as const)('a socket that is %s: what is counted', async (outcome, counted) => {
  const told = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  const post = postPatiently({ post: () => Promise.resolve(outcome) });
  expect(await post('a-connection', 'text')).toBe(outcome);
  expect(told.mock.calls.map(([name, , value]) => [name, value])).toEqual(counted);
});

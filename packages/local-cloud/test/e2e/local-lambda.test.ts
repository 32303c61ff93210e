import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import type { KeptMemory } from '../../src/lambda/functions.ts';
import { fixtureCloud } from '../fixture-app/cloud.ts';

let memory: () => Promise<readonly KeptMemory[]> = async () => [];
const { cloud, answerOf, lines } = await fixtureCloud(
  {},
  {
    mostEnvironments: 3,
    devRoutes: (_outside, _status, asked) => {
      memory = asked;
      return async () => false;
    },
  },
);
const behave = (wish: object) => cloud.invoke('fixture-behave', wish);
const answer = (wish: object) => answerOf('fixture-behave', wish);
const report = (name: string) => cloud.functions().find((each) => each.name === name);

test('takes JSON in and gives JSON out', async () => {
  const event = { do: 'echo', list: [1, null, 'ü'], deep: { yes: true } };
  expect(await answer(event)).toEqual(event);
  expect(await answer({ do: 'nothing' })).toBeNull();
});

test('keeps the module state of an environment between events', async () => {
  const first = (await answer({ do: 'count' })) as { calls: number; pid: number };
  const second = await answer({ do: 'count' });
  expect(second).toEqual({ calls: first.calls + 1, pid: first.pid });
});

test('keeps nothing of an event that was answered, however long its environment lives', async () => {
  // Cut out of something long and different each time, it is a string of its own.
  const long = (n: number) => `${n} `.padEnd(500_000, String(n));
  await answer({ do: 'echo', long: long(0) });
  const before = usedAfterGc();
  for (let n = 1; n <= 60; n += 1) {
    const { pid } = (await answer({ do: 'count', long: long(n) })) as { pid: number };
    expect(pid).toBeGreaterThan(0);
    await answer({ do: 'echo', long: long(n) });
  }
  expect(usedAfterGc() - before).toBeLessThan(15_000_000);
});

/** `T` is stopped. Linux alone tells. */
function stateOf(pid: number): string {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) ? (readFileSync(stat, 'utf8').split(') ')[1]?.[0] ?? '') : 'T';
}

/** In bytes, without what nobody holds any more. */
function usedAfterGc(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

test('gives an environment one event at a time, and starts more, but no more than the bound', async () => {
  const waits = Array.from({ length: 9 }, () => answer({ do: 'wait' }) as Promise<{ pid: number }>);
  const pids = new Set((await Promise.all(waits)).map(({ pid }) => pid));
  expect(pids.size).toBeGreaterThan(1);
  expect(pids.size).toBeLessThanOrEqual(3);
  expect(report('fixture-behave')?.environments.total).toBe(pids.size);
});

test('tells the handler who it is and how long it has', async () => {
  expect(await answer({ do: 'context' })).toMatchObject({
    name: 'fixture-behave',
    arn: 'arn:aws:lambda:ap-south-1:000000000000:function:fixture-behave',
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    memory: '160',
    logGroup: '/aws/lambda/fixture-behave',
  });
  const { remaining } = (await answer({ do: 'context' })) as { remaining: number };
  expect(remaining).toBeGreaterThan(1500);
  expect(remaining).toBeLessThanOrEqual(2000);
});

test("gives the template's variables and Lambda's, and none of this machine's", async () => {
  process.env['FROM_THE_TERMINAL'] = 'must not be seen';
  const seen = (await answer({ do: 'environment' })) as Record<string, string>;
  expect(seen).toMatchObject({
    AWS_REGION: 'ap-south-1',
    AWS_LAMBDA_FUNCTION_NAME: 'fixture-behave',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_ENDPOINT_URL: cloud.awsEndpoint,
    cwd: seen['LAMBDA_TASK_ROOT'],
  });
  expect(seen).not.toHaveProperty('FROM_THE_TERMINAL');
  expect(seen).not.toHaveProperty('NODE_CHANNEL_FD');
});

test('finds packages in layers and in no folder above the function', async () => {
  expect(await answerOf('fixture-layered', {})).toBe('hello from the layer');
  expect(await answer({ do: 'repository' })).toBe('missing');
});

test('freezes an environment that has answered', async () => {
  expect(await answer({ do: 'late' })).toBe('answered');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(lines.some((each) => each.line === 'late work was done')).toBe(false);
});

test('tells what an environment keeps, and freezes it again', async () => {
  const kept = async () => {
    const all = await memory();
    return Math.max(...(all.find(({ name }) => name === 'fixture-behave')?.megabytes ?? []));
  };
  await answer({ do: 'count' });
  const before = await kept();
  const pid = (await answer({ do: 'keep', size: 30 * 1024 ** 2 })) as number;
  expect(await kept()).toBeGreaterThan(before + 25);
  await vi.waitFor(() => expect(stateOf(pid)).toBe('T'), { timeout: 10_000 });
  expect(await answer({ do: 'count' })).toMatchObject({ pid });
  // Asked twice at once, and while it is at work, it still answers all.
  const events = Array.from({ length: 10 }, () => answer({ do: 'wait' }));
  const [one, other, ...answers] = await Promise.all([kept(), kept(), ...events]);
  expect([one, other].every((each) => each > before)).toBe(true);
  expect(answers).toHaveLength(10);
  await vi.waitFor(() => expect(stateOf(pid)).toBe('T'), { timeout: 10_000 });
});

test('captures what is printed, line by line, with the request it belongs to', async () => {
  const printed = ['one line', 'another line'];
  const ids = [await answer({ do: 'log' }), await answer({ do: 'log' })];
  const found = () => lines.filter((each) => printed.includes(each.line));
  await expect.poll(() => found().length).toBe(4);
  const functionName = 'fixture-behave';
  expect(new Set(ids).size).toBe(2);
  expect(found()).toEqual(
    ids.flatMap((requestId) =>
      printed.map((each) => expect.objectContaining({ functionName, requestId, line: each })),
    ),
  );
});

test("has the runtime's channel to itself", async () => {
  expect(await answer({ do: 'channel' })).toBe('undefined');
  expect(await answer({ do: 'echo' })).toEqual({ do: 'echo' });
});

test('passes over an environment that was killed while it was idle', async () => {
  const { pid } = (await answer({ do: 'count' })) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
  expect(await answer({ do: 'count' })).not.toHaveProperty('pid', pid);
});

test('can be killed with all its environments: events under way fail, and the next one gets a new one', async () => {
  const waits = [behave({ do: 'wait' }), behave({ do: 'wait' })];
  const busy = () => report('fixture-behave')?.environments;
  await expect.poll(() => (busy()?.total ?? 0) - (busy()?.idle ?? 0)).toBe(2);
  cloud.kill('fixture-behave');
  for (const each of await Promise.all(waits)) {
    expect(each).toMatchObject({ ok: false, reason: 'crash' });
  }
  // An idle one that is dying must not be given another event.
  expect(await answer({ do: 'nothing' })).toBeNull();
  cloud.kill('fixture-behave');
  expect(await answer({ do: 'nothing' })).toBeNull();
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a handler that goes wrong', () => {
  const failed = (reason: string, errorType: string, message: RegExp | string) => ({
    ok: false,
    reason,
    errorType,
    errorMessage: expect.stringMatching(message) as string,
  });

  test('by throwing keeps its environment', async () => {
    const before = await answer({ do: 'count' });
    expect(await behave({ do: 'throw' })).toMatchObject(
      failed('error', 'RangeError', 'thrown on purpose'),
    );
    expect(await answer({ do: 'count' })).toHaveProperty('pid', (before as { pid: number }).pid);
  });

  test.each([
    ['exit', 'crash', 'Runtime.ExitError', /exit status 3/],
    ['reject', 'crash', 'Runtime.UnhandledPromiseRejection', 'nobody listens'],
    ['hang', 'timeout', 'Sandbox.Timedout', /Task timed out after 2\.00 seconds/],
    ['loop', 'timeout', 'Sandbox.Timedout', /Task timed out after 2\.00 seconds/],
  ])(
    'by %s loses its environment, and the next call gets a new one',
    async (how, reason, type, message) => {
      expect(await behave({ do: how })).toMatchObject(failed(reason, type, message));
      expect(await answer({ do: 'echo' })).toEqual({ do: 'echo' });
    },
  );

  test.each(['hoard', 'buffers'])(
    'by %s runs out of memory, and the next call gets a new environment',
    async (how) => {
      const killed = failed('out-of-memory', 'Runtime.OutOfMemory', /signal: killed/);
      expect(await cloud.invoke('fixture-greedy', { do: how })).toMatchObject(killed);
      expect(await answerOf('fixture-greedy', { do: 'echo' })).toEqual({ do: 'echo' });
    },
  );

  test('while it loads fails every call, each with a fresh try', async () => {
    const wrong = failed('error', 'Error', 'this module cannot load');
    expect(await cloud.invoke('fixture-broken', {})).toMatchObject(wrong);
    expect(await cloud.invoke('fixture-broken', {})).toMatchObject(wrong);
    expect(report('fixture-broken')).toMatchObject({ errors: 2, coldStarts: 2 });
  });
});

test("refuses what is larger than Lambda's 6 MB, in and out", async () => {
  const seven = 7 * 1024 ** 2;
  expect(await behave({ do: 'echo', text: 'x'.repeat(seven) })).toMatchObject({
    errorType: 'RequestTooLargeException',
  });
  expect(await behave({ do: 'big', size: seven })).toMatchObject({
    errorType: 'Function.ResponseSizeTooLarge',
  });
  expect(await behave({ do: 'big', size: 5 * 1024 ** 2 })).toMatchObject({ ok: true });
});

test('throttles at once what has its concurrency reserved', async () => {
  const reserve = () => cloud.invoke('fixture-reserved', { do: 'wait' });
  const results = await Promise.all([reserve(), reserve()]);
  expect(results).toContainEqual(expect.objectContaining({ ok: true }));
  expect(results).toContainEqual(expect.objectContaining({ ok: false, reason: 'throttled' }));
});

test('counts calls, errors and durations', async () => {
  expect(report('fixture-behave')).toMatchObject({
    throttles: 0,
    timeouts: 2,
    errors: expect.any(Number) as number,
    lastError: expect.any(String) as string,
  });
  expect(report('fixture-behave')?.durations.longest).toBeGreaterThanOrEqual(2000);
});

test('gives a function new environments when its code changed', async () => {
  const before = (await answer({ do: 'count' })) as { pid: number };
  await cloud.renew('fixture-behave');
  expect(await answer({ do: 'count' })).toMatchObject({ calls: 1 });
  expect(await answer({ do: 'count' })).not.toHaveProperty('pid', before.pid);
});

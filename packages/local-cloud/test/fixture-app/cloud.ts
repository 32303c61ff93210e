import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, vi } from 'vitest';
import { type Cloud, startCloud } from '../../src/cloud.ts';
import type { CloudOptions } from '../../src/options.ts';
import type { LogLine } from '../../src/lambda/functions.ts';
import { Stoppers } from '../../src/start/stoppers.ts';
import { type FixtureChoices, synthesizeFixture } from './app.ts';

export interface FixtureCloud {
  readonly cloud: Cloud;
  /** What the functions printed. */
  readonly lines: readonly LogLine[];
  readonly notices: readonly string[];
  /** What a function answered; fails where it failed. */
  readonly answerOf: (functionName: string, event: unknown) => Promise<unknown>;
  /** Waits for a line with these words. */
  readonly line: (words: string) => Promise<string>;
}

/** Of this test file: also what is started within a test ends with the file. */
const started = new Stoppers();
afterAll(() => started.stop());

/** A folder that goes with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fixture-'));
  started.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the fixture app; it stops with the test file. */
export async function fixtureCloud(
  choices: FixtureChoices = {},
  options: Partial<CloudOptions> = {},
): Promise<FixtureCloud> {
  const lines: LogLine[] = [];
  const notices: string[] = [];
  const cloud = await startCloud({
    assembly: synthesizeFixture(temporaryFolder(), choices),
    baseUrls: { FCM_URL: 'fcm.googleapis.com' },
    onLog: (line) => void lines.push(line),
    onNotice: (sentence) => void notices.push(sentence),
    ...options,
  });
  started.add(cloud.stop);
  const line = (words: string) =>
    vi.waitFor(
      () => {
        const found = lines.find((each) => each.line.includes(words));
        expect(found, `a line with ${words}`).toBeDefined();
        return found?.line ?? '';
      },
      { timeout: 10_000, interval: 20 },
    );
  return {
    cloud,
    lines,
    notices,
    line,
    answerOf: async (functionName, event) => {
      const result = await cloud.invoke(functionName, event);
      if (result.ok) return result.payload;
      throw new Error(`${result.errorType}: ${result.errorMessage}`);
    },
  };
}

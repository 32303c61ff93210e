import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';
import { nodeBinary } from 'local-cloud';

export interface LiveStage {
  readonly origin: string;
  /** Every line that the stage has printed. */
  readonly output: readonly string[];
  readonly stop: () => Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const patience = { timeout: 200_000, interval: 50 };

/** `npm start` with a city, as soon as all captains are online. */
export async function startLiveStage(folder: string, args: readonly string[]): Promise<LiveStage> {
  const child = spawn(
    nodeBinary(),
    [join(root, 'local/start.ts'), '--data', join(folder, 'data'), ...args],
    { env: { ...process.env, PORT: '0', TMPDIR: folder } },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => void output.push(line));
  }
  const said = (words: RegExp) =>
    vi.waitFor(() => {
      const line = output.find((each) => words.test(each));
      if (line === undefined && child.exitCode === null) throw new Error(output.join('\n'));
      return line ?? '';
    }, patience);
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    const [, origin] = /^ready (\S+)/.exec(await said(/^ready /)) ?? [];
    if (origin === undefined) throw new Error(output.join('\n'));
    await said(/ lives: /);
    return { origin, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

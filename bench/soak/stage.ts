import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeBinary } from 'local-cloud';
import type { CityView } from '../../city/live/view.ts';
import type { LogReader } from './log-reader.ts';

export interface StageWish {
  readonly captains: number;
  /** Seconds between two orders. */
  readonly every: number;
  readonly city: string;
  readonly seed: string;
}

export interface Stage {
  readonly origin: string;
  readonly pid: number;
  /** The file of what each client hears. */
  readonly heard: string;
  readonly stop: () => Promise<void>;
}

const script = resolve(import.meta.dirname, '../../local/start.ts');

/** `npm start` with a city and its customers, as soon as all captains are online. */
export async function startStage(wish: StageWish, folder: string, log: LogReader): Promise<Stage> {
  const heard = join(folder, 'heard.jsonl');
  const { city, seed, captains, every } = wish;
  const args = ['--data', folder, '--json', '--heard', heard, '--city', city, '--seed', seed];
  const child = spawn(
    nodeBinary(),
    [script, ...args, '--captains', String(captains), '--orders', String(every)],
    { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => log.read(line));
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    const [origin = ''] = /http:\S+/.exec(await lineWith(child, lines, /^ready /)) ?? [];
    await lineWith(child, lines, / lives: /);
    return { origin, pid: child.pid ?? 0, heard, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function lineWith(
  child: ChildProcess,
  lines: ReturnType<typeof createInterface>,
  words: RegExp,
): Promise<string> {
  return new Promise((found, failed) => {
    const look = (line: string) => {
      if (!words.test(line)) return;
      lines.off('line', look);
      found(line);
    };
    lines.on('line', look);
    child.once('exit', (code) => failed(new Error(`The stage ended with ${code}`)));
  });
}

export async function readCity(origin: string): Promise<CityView> {
  const answer = await fetch(`${origin}/_dev/city`);
  const view: unknown = await answer.json();
  if (!isCity(view)) throw new Error('Nobody lives in the stage any more');
  return view;
}

/** Our own server wrote it. */
const isCity = (told: unknown): told is CityView =>
  typeof told === 'object' && told !== null && 'captains' in told;

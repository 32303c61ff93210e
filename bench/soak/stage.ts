import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeBinary } from 'local-cloud';
import * as z from 'zod';
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
  readonly hasEnded: () => boolean;
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
    { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => log.read(line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.readError(line);
    process.stderr.write(`${line}\n`);
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  try {
    const [origin = ''] = /http:\S+/.exec(await lineWith(child, lines, /^ready /)) ?? [];
    await lineWith(child, lines, / lives: /);
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    return { origin, hasEnded, pid: child.pid ?? 0, heard, stop };
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

/** A busy machine may be late with it once or twice. */
const looks = 10;
const againMs = 1000;

export async function readCity({ origin, hasEnded }: Pick<Stage, 'origin' | 'hasEnded'>) {
  for (let look = 1; ; look += 1) {
    if (hasEnded()) throw new Error('The stage has ended');
    const view = await lookAt(origin);
    if (view) return view;
    if (look === looks) throw new Error('Nobody lives in the stage any more');
    await sleep(againMs);
  }
}

async function lookAt(origin: string): Promise<CityView | undefined> {
  try {
    const answer = await fetch(`${origin}/_dev/city`);
    const view: unknown = await answer.json();
    return isCity(view) ? view : undefined;
  } catch {
    return undefined;
  }
}

const Status = z.object({
  alarms: z.array(z.unknown()),
  functions: z.array(
    z.object({
      name: z.string(),
      invocations: z.number(),
      errors: z.number(),
      timeouts: z.number(),
      lastError: z.unknown().optional(),
    }),
  ),
});

/** How often each function was called, and what of that it did not survive; and what rings. */
export async function readStatus({ origin }: Pick<Stage, 'origin'>) {
  const answer = await fetch(`${origin}/_dev/status`);
  return Status.parse(await answer.json());
}

const Memory = z.array(z.object({ name: z.string(), megabytes: z.array(z.number()) }));

/** What the environments of each function keep. */
export async function readMemory({ origin }: Pick<Stage, 'origin'>) {
  const answer = await fetch(`${origin}/_dev/memory`);
  return Memory.parse(await answer.json());
}

/** Our own server wrote it. */
const isCity = (told: unknown): told is CityView =>
  typeof told === 'object' && told !== null && 'captains' in told;

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checksOf } from './checks.ts';
import { readHeard } from './heard.ts';
import { LogReader } from './log-reader.ts';
import { MemoryReader } from './memory-reader.ts';
import { readCity, startStage, type Stage, type StageWish } from './stage.ts';
import { openDatabase } from './open-database.ts';

export interface SoakWish extends StageWish {
  readonly minutes: number;
}

const sampleMs = 10_000;
const progressMs = 60_000;
/** What began in the last seconds is told, or repaired, in these. */
const settleMs = 10_000;

/** Answers whether everything was kept. */
export async function soak(wish: SoakWish, say: (line: string) => void): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'weelo-soak-'));
  // So that PostgreSQL's own user can pass, where we are root.
  await chmod(folder, 0o755);
  const log = new LogReader();
  const stage = await startStage(wish, folder, log);
  try {
    say(
      `${wish.captains} captains are online; an order every ${wish.every} s, for ${wish.minutes} min`,
    );
    const memory = new MemoryReader(stage.pid);
    await watch(wish, stage, memory, say);
    const isKept = await report(stage, folder, say);
    const isFlat = memory.report(say);
    return log.report(say) && isKept && isFlat;
  } finally {
    await stage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function watch(
  { minutes }: SoakWish,
  stage: Stage,
  memory: MemoryReader,
  say: (line: string) => void,
): Promise<void> {
  const ends = Date.now() + minutes * 60_000;
  let told = Date.now();
  while (Date.now() < ends) {
    await sleep(Math.min(sampleMs, ends - Date.now()));
    memory.sample();
    if (Date.now() - told < progressMs) continue;
    told = Date.now();
    const { counts, problems } = await readCity(stage.origin);
    const left = Math.round((ends - told) / 60_000);
    say(
      `${left} min left: ${JSON.stringify(counts)}, ${problems.length} problems, ${memory.latest()}`,
    );
  }
}

/** Reads the database and the clients' logs while the city lives on: a promise holds at each instant. */
async function report(stage: Stage, folder: string, say: (line: string) => void): Promise<boolean> {
  await sleep(settleMs);
  const { counts, problems } = await readCity(stage.origin);
  say(`The city: ${JSON.stringify(counts)}`);
  for (const { at, what } of problems) say(`  a request failed at ${at}: ${what}`);
  const database = await openDatabase(folder);
  try {
    const heard = await readHeard(stage.heard);
    const checks = await checksOf(database.sql, heard);
    for (const { name, checked, broken } of checks) {
      say(`${broken.length === 0 ? 'kept  ' : 'BROKEN'} ${name} (${checked})`);
      for (const each of broken.slice(0, 10)) say(`  ${each}`);
    }
    return checks.every(({ broken }) => broken.length === 0) && counts.orders > 0;
  } finally {
    await database.close();
  }
}

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checksOf, emptyOf, promisesWithoutProof } from './checks.ts';
import { FailedRequests } from './failed-requests.ts';
import { readHeard } from './heard.ts';
import { KeptReader } from './kept-reader.ts';
import { LogReader } from './log-reader.ts';
import { MemoryReader } from './memory-reader.ts';
import { processesOf } from './processes.ts';
import {
  readCity,
  readMemory,
  readStatus,
  startStage,
  type Stage,
  type StageWish,
} from './stage.ts';
import { Standstills } from './standstills.ts';
import { openDatabase } from './open-database.ts';

export interface SoakWish extends StageWish {
  readonly minutes: number;
}

const sampleMs = 10_000;
const progressMs = 60_000;
/** What began in the last seconds is told, or repaired, in these. */
const settleMs = 10_000;
/** Collecting garbage everywhere is work: it is not done often. */
const keptEveryMinutes = 10;
/** In so long a run, everything that is checked has happened. */
const provesAllMinutes = 30;

/** Answers whether everything was kept, and everything that went wrong is explained. */
export async function soak(wish: SoakWish, say: (line: string) => void): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'weelo-soak-'));
  // So that PostgreSQL's own user can pass, where we are root.
  await chmod(folder, 0o755);
  const log = new LogReader();
  try {
    const stage = await startStage(wish, folder, log);
    try {
      const { captains, every, minutes } = wish;
      say(`${captains} captains are online; an order every ${every} s, for ${minutes} min`);
      const memory = new MemoryReader(() => processesOf(stage.pid));
      const kept = new KeptReader();
      const standstills = new Standstills();
      const failed = new FailedRequests(standstills);
      const stopWatching = standstills.watch();
      await watch(wish, { stage, memory, kept, failed }, say);
      stopWatching();
      const isKept = await report(stage, { folder, minutes, log }, say);
      const hasSurvived = await reportFunctions(stage, say);
      standstills.report(say);
      // Each says what it found, whatever the others found.
      const answers = [
        isKept,
        hasSurvived,
        memory.report(say),
        kept.report(say),
        failed.report(say),
        log.report(say),
      ];
      return answers.every((isFine) => isFine);
    } finally {
      await stage.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Watched {
  readonly stage: Stage;
  readonly memory: MemoryReader;
  readonly kept: KeptReader;
  readonly failed: FailedRequests;
}

async function watch(
  { minutes }: SoakWish,
  { stage, memory, kept, failed }: Watched,
  say: (line: string) => void,
): Promise<void> {
  const begun = Date.now();
  const ends = begun + minutes * 60_000;
  let collected = 0;
  for (let told = Date.now(); Date.now() < ends;) {
    await sleep(Math.min(sampleMs, ends - Date.now()));
    memory.sample();
    const view = await readCity(stage);
    failed.note(view);
    const lived = (Date.now() - begun) / 60_000;
    if (lived - collected >= keptEveryMinutes || Date.now() >= ends) {
      collected = lived;
      kept.note(lived, await readMemory(stage));
    }
    if (Date.now() - told < progressMs) continue;
    told = Date.now();
    const left = Math.round((ends - told) / 60_000);
    const counts = JSON.stringify(view.counts);
    say(`${left} min left: ${counts}, ${failed.count} failed requests, ${memory.latest()}`);
  }
}

interface Lived {
  readonly folder: string;
  readonly minutes: number;
  readonly log: LogReader;
}

/** Reads the database and the clients' logs while the city lives on: a promise holds at each instant. */
async function report(
  stage: Stage,
  { folder, minutes, log }: Lived,
  say: (line: string) => void,
): Promise<boolean> {
  await sleep(settleMs);
  const { counts } = await readCity(stage);
  say(`The city: ${JSON.stringify(counts)}`);
  const database = await openDatabase(folder);
  try {
    const heardUntil = Date.now();
    const heard = await readHeard(stage.heard);
    const checks = await checksOf(database.sql, heard, log, heardUntil);
    for (const { name, checked, of, broken } of checks) {
      const verdict = broken.length === 0 ? 'kept  ' : 'BROKEN';
      say(`${verdict} ${name} (${checked} ${of}, ${broken.length} broken)`);
      for (const each of broken.slice(0, 10)) say(`  ${each}`);
    }
    const without = minutes < provesAllMinutes ? promisesWithoutProof(checks) : emptyOf(checks);
    for (const each of without) say(`BROKEN ${each}: nothing was there to be checked`);
    return without.length === 0 && checks.every(({ broken }) => broken.length === 0);
  } finally {
    await database.close();
  }
}

/** Whether every invocation has ended well, and nothing rings: what the functions' own log cannot say. */
async function reportFunctions(stage: Stage, say: (line: string) => void): Promise<boolean> {
  const { functions, alarms } = await readStatus(stage);
  const failed = functions.filter(({ errors, timeouts }) => errors + timeouts > 0);
  const invocations = functions.reduce((sum, each) => sum + each.invocations, 0);
  say(`Functions: ${invocations} invocations, ${failed.length} functions with errors`);
  for (const { name, errors, timeouts, lastError } of failed) {
    say(
      `BROKEN ${name}: ${errors} errors, ${timeouts} time-outs, last ${JSON.stringify(lastError)}`,
    );
  }
  for (const alarm of alarms) say(`BROKEN an alarm rings: ${JSON.stringify(alarm)}`);
  return failed.length === 0 && alarms.length === 0;
}

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { placesOf } from '../../city/world/places.ts';
import { makeWorld } from '../../city/world/world.ts';
import type { Sql } from '../soak/sql.ts';
import { readHeard } from '../soak/heard.ts';
import { LogReader } from '../soak/log-reader.ts';
import { openDatabase } from '../soak/open-database.ts';
import { readCity, startStage, type Stage } from '../soak/stage.ts';
import { offerDelayOf } from './offer-delay.ts';
import { figuresOfRun, type RunFigures } from './run-figures.ts';
import { ordersOf, type StageTimes } from './stage-life.ts';
import { firstOrders, type StageOrder } from './stage-orders.ts';
import { countedOf, type CityWish } from './wish.ts';

export interface StageRun {
  readonly figures: RunFigures;
  readonly times: StageTimes;
  readonly orders: number;
  readonly trucks: number;
  /** Orders that the world has planned, and nobody has placed. */
  readonly missing: number;
  /** Requests of the city's people that failed. */
  readonly problems: readonly string[];
  /** Of the processors, while it ran: the share that nobody used; and how many processes wanted one, on average. */
  readonly idle: number;
  readonly load: number;
}

const lookMs = 5000;
const progressMs = 60_000;
/** So long after the last order that counts, each truck has come, or is lost: search, hold, answer, drive, another. */
const settledMs = 600_000;

/** A city with customers lives in a stage of its own, until what became of each order is known. */
export async function runStage(wish: CityWish, say: (line: string) => void): Promise<StageRun> {
  const folder = await mkdtemp(join(tmpdir(), 'weelo-city-'));
  // So that PostgreSQL's own user can pass, where we are root.
  await chmod(folder, 0o755);
  try {
    const stage = await startStage({ ...wish, seed: String(wish.seed) }, folder, new LogReader());
    try {
      say(`${wish.captains} captains are online; an order every ${wish.every} s`);
      return await watch(wish, stage, folder, say);
    } finally {
      await stage.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function watch(
  wish: CityWish,
  stage: Stage,
  folder: string,
  say: (line: string) => void,
): Promise<StageRun> {
  const processors = new Processors();
  const { sql, close } = await openDatabase(folder);
  try {
    const orders = await untilOver(wish, { sql, stage }, say);
    const { problems } = await readCity(stage);
    const beganAt = orders[0]?.placedAt ?? new Date();
    return {
      figures: figuresOfRun(orders),
      times: { beganAt, offerSeconds: offerDelayOf(await readHeard(stage.heard)) },
      orders: orders.length,
      trucks: orders.reduce((sum, { trucks }) => sum + trucks, 0),
      missing: await missingOf(wish, orders),
      problems: problems.map(({ at, what }) => `${at} ${what}`),
      idle: processors.idle(),
      load: processors.load(),
    };
  } finally {
    await close();
  }
}

async function untilOver(
  wish: CityWish,
  { sql, stage }: { readonly sql: Sql; readonly stage: Stage },
  say: (line: string) => void,
): Promise<readonly StageOrder[]> {
  const count = countedOf(wish);
  const latest = Date.now() + wish.minutes * 60_000 + settledMs;
  for (let told = Date.now(); ; await sleep(lookMs)) {
    const orders = await firstOrders(sql, count);
    const over = orders.filter(({ isOver }) => isOver).length;
    if (over === count) return orders;
    if (Date.now() > latest) throw new Error(`${over} of ${count} orders are over, and it is late`);
    if (Date.now() - told < progressMs) continue;
    told = Date.now();
    // Nobody need wait for a city that has ended.
    await readCity(stage);
    say(`${orders.length} of ${count} orders placed, ${over} of them over`);
  }
}

/** Which orders the stage has is no accident: they are the world's. */
async function missingOf(
  { city, seed, ...wish }: CityWish,
  placed: readonly StageOrder[],
): Promise<number> {
  const setting = { city, seed, supply: 1, willingness: 0, answers: 0 };
  const world = makeWorld(setting, await placesOf(city));
  const key = (latitude: number, longitude: number) =>
    `${latitude.toFixed(4)} ${longitude.toFixed(4)}`;
  const known = new Set(placed.map(({ latitude, longitude }) => key(latitude, longitude)));
  return ordersOf(world, countedOf({ city, seed, ...wish })).filter(
    ({ pickup }) => !known.has(key(pickup.latitude, pickup.longitude)),
  ).length;
}

/** How busy the machine is, whoever keeps it busy. */
class Processors {
  readonly #begun = used();
  readonly #loads: number[] = [];
  readonly #looks = setInterval(() => this.#loads.push(loadavg()[0] ?? 0), progressMs / 4);

  idle(): number {
    const [before, now] = [this.#begun, used()];
    return (now.idle - before.idle) / (now.all - before.all);
  }

  load(): number {
    clearInterval(this.#looks);
    return this.#loads.reduce((sum, each) => sum + each, 0) / Math.max(1, this.#loads.length);
  }
}

function used(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((each) => each.times);
  const sum = (of: (time: (typeof times)[number]) => number) =>
    times.reduce((total, time) => total + of(time), 0);
  return {
    idle: sum(({ idle }) => idle),
    all: sum(({ idle, user, sys, nice, irq }) => idle + user + sys + nice + irq),
  };
}

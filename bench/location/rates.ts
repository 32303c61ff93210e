import { tripKey } from '../../src/fleet/last-positions/trip-positions.ts';
import { median, type Measured } from '../benchmark.ts';
import type { Variables } from '../place-order/warm-orders.ts';
import { besides, type Asked } from './asked-meanwhile.ts';
import { pointsOfBatch } from './drive.ts';
import type { PlantedTrip } from './planted-trips.ts';
import { expectTaken, openLocationSides, withTokens, type LocationSides } from './sides.ts';
import { Traffic, type Callers } from './traffic.ts';

/** Calls under way at any time. */
const inFlight = 8;
const turnsInRound = 100;
const rounds = { all: 12, alone: 6 } as const;
/** Of the floor's rate at least 0.6. */
const atMost = 1 / 0.6;
/** In statements for each point: a segment of 35 points takes three. */
const mostWrites = 0.15;

/** At which rate one environment takes batches while twice as many readers ask it, against what it asks, asked bare. */
export async function measureRates(
  variables: Variables,
  auth: Variables,
  planted: readonly PlantedTrip[],
): Promise<readonly Measured[]> {
  const sides = await openLocationSides(variables);
  const traffic = new Traffic(await withTokens(planted, auth));
  await askedAnew(sides, traffic.settingOff());
  const compare = (what: string, callers: Callers, count: number) =>
    besideFloor(what, sides, { count, next: () => roundOf(traffic, callers) });
  const batch = `a batch of ${pointsOfBatch} points`;
  const all = await compare(`${batch} and two who read, ${inFlight} under way`, 'all', rounds.all);
  const alone = await compare(`${batch} alone`, 'driver', rounds.alone);
  const reading = await compare('the two who read', 'readers', rounds.alone);
  expectFewWrites(all.writes + alone.writes, (rounds.all + rounds.alone) * turnsInRound);
  await expectSameTracks(sides, planted);
  await sides.close();
  return [{ ...all.row, atMost }, alone.row, reading.row];
}

function roundOf(traffic: Traffic, callers: Callers): IterableIterator<unknown> {
  return Array.from({ length: turnsInRound }, () => traffic.next(callers))
    .flat()
    .values();
}

interface Rounds {
  readonly count: number;
  /** The calls of the next round. */
  readonly next: () => IterableIterator<unknown>;
}

/** How long a turn takes of the time of all, in turn with the same asked bare. In the first round they only warm up. */
async function besideFloor(what: string, sides: LocationSides, { count, next }: Rounds) {
  const times = { ours: new Array<number>(), floor: new Array<number>() };
  const used = { cpu: 0, writes: 0 };
  for (let round = 0; round <= count; round += 1) {
    const { ours, floor, cpu, writes } = await askedAnew(sides, next());
    if (round === 0) continue;
    times.ours.push(ours / turnsInRound);
    times.floor.push(floor / turnsInRound);
    used.cpu += cpu / turnsInRound;
    used.writes += writes;
  }
  const ratio = median(times.ours.map((took, i) => took / (times.floor[i] ?? Number.NaN)));
  const [took, limit] = [median(times.ours), median(times.floor)];
  const row: Measured = { what, took, limit, ratio, cpu: used.cpu / count };
  return { row, writes: used.writes };
}

/** Has calls answered, and what was asked for them asked again. Says how long both took, and what ours used. */
async function askedAnew(
  { ours, floor, writes }: LocationSides,
  events: IterableIterator<unknown>,
) {
  const asked: Asked[] = [];
  const before = { cpu: process.cpuUsage(), writes: writes() };
  const took = await timed(events, async (event) => void asked.push(await ours(event)));
  const { user, system } = process.cpuUsage(before.cpu);
  const written = writes() - before.writes;
  for (const each of asked) expectTaken(each);
  const limit = await timed(asked.values(), floor);
  return { ours: took, floor: limit, cpu: (user + system) / 1000, writes: written };
}

async function timed<T>(
  left: IterableIterator<T>,
  work: (each: T) => Promise<void>,
): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const each of left) await work(each);
    }),
  );
  return performance.now() - begun;
}

function expectFewWrites(writes: number, batches: number): void {
  const points = batches * pointsOfBatch;
  const each = (writes / points).toFixed(2);
  console.log(`  … ${writes} statements for ${points} points write to PostgreSQL: ${each} a point`);
  if (writes === 0) throw new Error('No segment was written');
  if (writes / points > mostWrites) throw new Error('Points cost writes to PostgreSQL');
}

/** A floor that writes nothing would be no floor. */
async function expectSameTracks(
  { bare: { redis } }: LocationSides,
  trips: readonly PlantedTrip[],
): Promise<void> {
  for (const { tripId } of trips) {
    const key = tripKey(tripId);
    const [ours, floor] = await Promise.all([
      redis.hget(key, 'rev'),
      redis.hget(besides(key), 'rev'),
    ]);
    if (ours === null || ours !== floor)
      throw new Error(`The tracks of ${tripId} are not the same`);
  }
}

import { driveAlong, positionOf, type Fix, type Progress } from './drive-along.ts';
import { randomFrom, type Random } from './random.ts';
import { flatMetres, makeRoadMap, type Road, type RoadMap } from './road-map.ts';
import { slownessOf } from './traffic.ts';
import { wayThrough } from './way-through.ts';

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** What one truck did, from the driver's acceptance to the drop, and what its phone sent. */
export interface CityDrive {
  readonly pickup: Place;
  readonly drop: Place;
  readonly acceptedAtMs: number;
  readonly atPickupMs: number;
  readonly leftPickupMs: number;
  readonly atDropMs: number;
  /** The length of the road that was driven from the pickup to the drop, in metres. */
  readonly dropMetres: number;
  readonly pickupMetres: number;
  readonly fixes: readonly Fix[];
}

const minute = 60_000;
/** Midnight in India. */
const firstDay = Date.parse('2026-10-31T18:30:00.000Z');

/** Drives through one city, over two months, in the order of time. The same seed gives the same drives. */
export function cityDrives(count: number, seed: number): readonly CityDrive[] {
  const random = randomFrom(seed);
  const roads = makeRoadMap(random);
  const city = { roads, experience: experienceOf(roads) };
  const days = Array.from({ length: 60 }, () => random.factor(0.08));
  const drives: CityDrive[] = [];
  while (drives.length < count) {
    const day = Math.floor((drives.length / count) * days.length);
    const atMs = firstDay + (day * 24 + random.between(5, 22)) * 60 * minute;
    const drive = oneDrive(city, atMs, days[day] ?? 1, random);
    if (drive) drives.push(drive);
  }
  return drives;
}

function oneDrive(
  city: { readonly roads: RoadMap; readonly experience: ReturnType<typeof experienceOf> },
  acceptedAtMs: number,
  slowDay: number,
  random: Random,
): CityDrive | undefined {
  const { roads } = city;
  const junctionNear = (wanted: (metres: number) => boolean, from: number) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const index = Math.floor(random.share() * roads.junctions.length);
      const [a, b] = [roads.junctions[from], roads.junctions[index]];
      if (a && b && wanted(flatMetres(a, b))) return index;
    }
    return from;
  };
  const pickup = Math.floor(random.share() * roads.junctions.length);
  const start = junctionNear((metres) => metres > 2000 && metres < 14_000, pickup);
  const drop = junctionNear((metres) => metres > 5000 && metres < 45_000, pickup);
  // Who drives: some are slow everywhere.
  const slowness = slowDay * random.factor(0.15);
  const secondsOn = city.experience(random);
  const there = wayThrough(roads, start, pickup, secondsOn);
  const onwards = wayThrough(roads, pickup, drop, secondsOn);
  if (there.length === 0 || onwards.length === 0) return undefined;

  const progress: Progress = { atMs: acceptedAtMs, metres: 0, fixes: [] };
  driveAlong(there, progress, { slowness, random });
  const atPickupMs = progress.atMs;
  const pickupMetres = progress.metres;
  standStill(progress, random.between(12, 50), random);
  const leftPickupMs = progress.atMs;
  const mealAfter = random.chance(0.07) ? Math.floor(onwards.length / 2) : onwards.length;
  driveAlong(onwards.slice(0, mealAfter), progress, { slowness, random });
  if (mealAfter < onwards.length) standStill(progress, random.between(10, 30), random);
  driveAlong(onwards.slice(mealAfter), progress, { slowness, random });
  return {
    pickup: positionOf(roads.junctions[pickup]),
    drop: positionOf(roads.junctions[drop]),
    acceptedAtMs,
    atPickupMs,
    leftPickupMs,
    atDropMs: progress.atMs,
    pickupMetres,
    dropMetres: progress.metres - pickupMetres,
    fixes: progress.fixes,
  };
}

/** How long a driver takes a road to be, who has driven it at one hour or another. */
function experienceOf({ roadsFrom }: RoadMap) {
  const memories = [8, 13, 18].map(
    (hour) =>
      new Map(
        roadsFrom.flat().map((road) => {
          const crowded = 0.6 + 0.4 * slownessOf(road, hour);
          return [road, (road.metres / road.freeSpeed) * crowded + 10] as const;
        }),
      ),
  );
  return (random: Random) => {
    const memory = random.pick(memories);
    return (road: Road) => memory.get(road) ?? Infinity;
  };
}

function standStill(progress: Progress, minutes: number, random: Random) {
  const place = progress.fixes.at(-1);
  const until = progress.atMs + minutes * minute;
  if (!place) return;
  for (let atMs = progress.atMs; atMs < until; atMs += 10_000) {
    progress.fixes.push({
      atMs: atMs + 10_000,
      latitude: place.latitude + random.normal(5) / 111_000,
      longitude: place.longitude + random.normal(5) / 111_000,
    });
  }
  progress.atMs = progress.fixes.at(-1)?.atMs ?? until;
}

import { flatMetres, type Road, type Spot } from './road-map.ts';
import type { Random } from './random.ts';
import { slownessOf } from './traffic.ts';

/** What a phone sends. */
export interface Fix {
  readonly atMs: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** A truck on its way: the time, the metres driven, and what was sent. */
export interface Progress {
  atMs: number;
  metres: number;
  readonly fixes: Fix[];
}

const secondsBetweenFixes = 10;
/** Nagpur: the middle of India. */
const middle = { latitude: 21.15, longitude: 79.09 };
const metresNorth = 110_700;
const metresEast = 103_800;

/** Drives these roads one after the other, and waits at their junctions. */
export function driveAlong(
  roads: readonly Road[],
  progress: Progress,
  { slowness, random }: { readonly slowness: number; readonly random: Random },
) {
  for (const road of roads) {
    const crowded = slownessOf(road, hourOf(progress.atMs));
    const speed = road.freeSpeed / (crowded * slowness * random.factor(0.25));
    driveLine(road.line, speed, progress, random);
    // At a red light, longer where it is crowded.
    if (random.chance(0.35)) wait(random.between(5, 45) * crowded, progress);
  }
}

const hourOf = (atMs: number) => (atMs / 3_600_000 + 5.5) % 24;

function driveLine(line: readonly Spot[], speed: number, progress: Progress, random: Random) {
  for (const [index, to] of line.entries()) {
    const from = line[index - 1];
    if (!from) continue;
    const metres = flatMetres(from, to);
    const endsAtMs = progress.atMs + (metres / speed) * 1000;
    const startsAtMs = progress.atMs;
    for (let atMs = nextFix(progress); atMs <= endsAtMs; atMs += secondsBetweenFixes * 1000) {
      const share = (atMs - startsAtMs) / (endsAtMs - startsAtMs);
      const x = from.x + (to.x - from.x) * share;
      const y = from.y + (to.y - from.y) * share;
      send({ x, y }, atMs, progress, random);
    }
    progress.atMs = endsAtMs;
    progress.metres += metres;
  }
  const end = line.at(-1);
  if (end) send(end, progress.atMs, progress, random);
}

function wait(seconds: number, progress: Progress) {
  const endsAtMs = progress.atMs + seconds * 1000;
  for (let atMs = nextFix(progress); atMs <= endsAtMs; atMs += secondsBetweenFixes * 1000) {
    const last = progress.fixes.at(-1);
    if (last) progress.fixes.push({ ...last, atMs });
  }
  progress.atMs = endsAtMs;
}

const nextFix = ({ fixes, atMs }: Progress) =>
  Math.max(atMs, (fixes.at(-1)?.atMs ?? atMs) + secondsBetweenFixes * 1000);

function send({ x, y }: Spot, atMs: number, { fixes }: Progress, random: Random) {
  const measured = { x: x + random.normal(6), y: y + random.normal(6) };
  fixes.push({ atMs, ...positionOf(measured) });
}

export function positionOf(spot: Spot | undefined) {
  const { x, y } = spot ?? { x: 0, y: 0 };
  return {
    latitude: middle.latitude + y / metresNorth,
    longitude: middle.longitude + x / metresEast,
  };
}

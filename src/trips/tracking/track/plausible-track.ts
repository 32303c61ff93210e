import { isInaccurate } from '../../../fleet/last-positions/fix.ts';
import { greatCircleKm, type Position } from '../../../places/position.ts';

/** A point of a trip's track. */
export interface TrackPoint extends Position {
  readonly atMs: number;
  /** In metres, or not known. */
  readonly accuracy: number | null;
}

/** In metres per second: 198 km/h. No truck is faster. */
const topSpeed = 55;
/** A jump is believed if more points than this speak for it, so at least three of them. */
const pointsForJump = 2.5;
/** In points: an inaccurate point counts less when points contradict each other. */
const weightOfInaccurate = 0.4;
/** In points, for each metre: of two tracks with as many points, the shorter one is believed. */
const costOfMetre = 1e-6;
/** How many wrong points in a row are passed over, at most. */
const mostPassedOver = 12;

export const metresBetween = (from: Position, to: Position) => greatCircleKm(from, to) * 1000;

/** Whether a truck can have come from one point to the other one in the time between them. */
export function couldDrive(from: TrackPoint, to: TrackPoint): boolean {
  const seconds = Math.abs(to.atMs - from.atMs) / 1000;
  return metresBetween(from, to) <= topSpeed * seconds;
}

/**
 * The points that a truck can have been at, one after the other. Of points that contradict each other, the larger
 * number is believed: a spike is left out, and if the first point was the wrong one, the later ones replace it. So the
 * answer does not depend on the order in which the points came.
 *
 * `points` are in the order of time, and `before` is the last one of what is written down already.
 */
export function plausibleTrack(
  points: readonly TrackPoint[],
  before: TrackPoint | null,
): readonly TrackPoint[] {
  const isUnbroken = points.every((point, i) => {
    const previous = points[i - 1] ?? before;
    return !previous || couldDrive(previous, point);
  });
  return isUnbroken ? points : heaviestTrack(points, before);
}

function stepCost(from: TrackPoint, to: TrackPoint): number {
  const jump = couldDrive(from, to) ? 0 : pointsForJump;
  return jump + Math.min(0.4, metresBetween(from, to) * costOfMetre);
}

interface Reached {
  readonly point: TrackPoint;
  /** The most points that a track up to here can have, less what its jumps cost. */
  readonly weight: number;
  readonly from: Reached | null;
}

function heaviestTrack(
  points: readonly TrackPoint[],
  before: TrackPoint | null,
): readonly TrackPoint[] {
  const reached: Reached[] = [];
  for (const point of points) {
    const ahead = reached.slice(-mostPassedOver);
    let from: Reached | null = null;
    let most = before ? -stepCost(before, point) : 0;
    for (const each of ahead) {
      const weight = each.weight - stepCost(each.point, point);
      if (weight > most) [from, most] = [each, weight];
    }
    reached.push({ point, from, weight: most + (isInaccurate(point) ? weightOfInaccurate : 1) });
  }
  const best = reached.reduce<Reached | null>(
    (best, each) => (each.weight > (best?.weight ?? 0) ? each : best),
    null,
  );
  const track: TrackPoint[] = [];
  for (let each = best; each; each = each.from) track.push(each.point);
  return track.toReversed();
}

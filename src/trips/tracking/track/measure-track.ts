import { isInaccurate } from '../../../fleet/last-positions/fix.ts';
import { couldDrive, metresBetween, type TrackPoint } from './plausible-track.ts';

/** How far a truck has driven, and the point from which the next step is measured. */
export interface Measured {
  readonly metres: number;
  readonly from: TrackPoint | null;
}

/** In metres: the positions of a phone that lies still wander less far. */
const leastStep = 40;
/** How far they wander, compared with the accuracy that the phone claims. */
const wandering = 3;
/** Nobody knows the way through a hole. It is longer than the straight line: between none and a half, in towns. */
const windingOfHole = 1.1;

/**
 * The length of a track, in the order of time. A step counts once it is longer than the positions may wander: without
 * that, a truck that stands still for an hour would have driven kilometres. Inaccurate points are left out, and nobody
 * drove a jump. `start` is the point from which the first step is measured.
 */
export function measureTrack(points: readonly TrackPoint[], start: TrackPoint | null): Measured {
  let [metres, from, last] = [0, start, start];
  for (const point of points) {
    if (isInaccurate(point)) continue;
    if (!from || !last || !couldDrive(last, point)) from = point;
    const step = metresBetween(from, point);
    const accuracy = Math.max(from.accuracy ?? 0, point.accuracy ?? 0);
    if (step >= Math.max(leastStep, wandering * accuracy)) {
      metres += step * (last && isHole(last, point) ? windingOfHole : 1);
      from = point;
    }
    last = point;
  }
  return { metres, from };
}

/** In metres: a truck that is no further away may have stood, and been silent. */
const shortestHole = 200;

function isHole(from: TrackPoint, to: TrackPoint): boolean {
  return arePointsMissing(from, to) && metresBetween(from, to) > shortestHole;
}

/** The Captain app measures every 30 s at least. */
const longestPauseMs = 35_000;

/** Whether there should be more points between two that follow each other. */
export function arePointsMissing(from: TrackPoint, to: TrackPoint): boolean {
  return to.atMs - from.atMs > longestPauseMs;
}

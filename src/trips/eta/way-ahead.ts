import { DETOUR } from '../../places/estimate-route.ts';
import { greatCircleKm, type Position } from '../../places/position.ts';
import type { LearnedPace, PaceQuestion } from './learned-pace.ts';
import { cellAt, eighthOf, hourInIndia } from './stretches.ts';

/** Places one after the other, with a straight line between each two. */
export type Way = readonly Position[];

export const straightKm = (way: Way) =>
  legsOf(way).reduce((sum, [from, to]) => sum + greatCircleKm(from, to), 0);

const legsOf = (way: Way) =>
  way.slice(1).flatMap((to, index) => {
    const from = way[index];
    return from ? [[from, to] as const] : [];
  });

/**
 * What is left of a route (pickup, stops, drop) for a truck. It is on the leg that lengthens the route least when it is
 * led through the truck: no driver says which stops he has been to.
 */
export function wayAhead(route: Way, truck: Position): Way {
  const detours = legsOf(route).map(
    ([from, to]) => straightKm([from, truck, to]) - straightKm([from, to]),
  );
  const leg = Math.max(0, detours.indexOf(Math.min(...detours)));
  return [truck, ...route.slice(leg + 1)];
}

/** How far a way may swing out on either side, as a share of its length. 0 is the straight line. */
const swings = [0, 0.1, -0.1, 0.2, -0.2];

/** The way, and ways beside it: drivers swing out to a quicker road. */
export const waysBeside = (way: Way): readonly Way[] => swings.map((swing) => bent(way, swing));

function bent(way: Way, swing: number): Way {
  if (swing === 0) return way;
  const inBetween = ([from, to]: readonly [Position, Position]): Position => {
    const north = to.latitude - from.latitude;
    const east = to.longitude - from.longitude;
    // A degree of longitude is shorter than one of latitude.
    const shrink = Math.cos((from.latitude * Math.PI) / 180);
    return {
      latitude: from.latitude + north / 2 + east * swing * shrink,
      longitude: from.longitude + east / 2 - (north * swing) / shrink,
    };
  };
  return [...legsOf(way).flatMap((leg) => [leg[0], inBetween(leg)]), ...way.slice(-1)];
}

/** Fine enough not to miss much of a cell of 4.9 km. */
const pieceKm = 1;

/** A piece of a way, with the metres by road. */
interface Piece extends Omit<PaceQuestion, 'hour'> {
  readonly metres: number;
}

export function piecesOf(way: Way): readonly Piece[] {
  return legsOf(way).flatMap(([from, to]) => {
    const km = greatCircleKm(from, to);
    const count = Math.max(1, Math.ceil(km / pieceKm));
    const eighth = eighthOf(from, to);
    return Array.from({ length: count }, (_, index) => {
      const share = (index + 0.5) / count;
      const cell = cellAt({
        latitude: from.latitude + (to.latitude - from.latitude) * share,
        longitude: from.longitude + (to.longitude - from.longitude) * share,
      });
      return { cell, eighth, metres: (km * DETOUR * 1000) / count };
    });
  });
}

interface DriveTime {
  readonly seconds: number;
  /** How much of it was learned: 0 is nothing, 1 all. */
  readonly learned: number;
}

function driveTime(way: Way, setsOutAtMs: number, paceOf: LearnedPace): DriveTime {
  let [seconds, learnedSeconds] = [0, 0];
  for (const { metres, ...where } of piecesOf(way)) {
    const { secondsPerMetre, learned } = paceOf({
      ...where,
      hour: hourInIndia(setsOutAtMs + seconds * 1000),
    });
    seconds += secondsPerMetre * metres;
    learnedSeconds += secondsPerMetre * metres * learned;
  }
  return { seconds, learned: seconds > 0 ? learnedSeconds / seconds : 0 };
}

/** How long trucks take from place to place, on the quickest of the ways beside each other. */
export function quickestDrive(way: Way, setsOutAtMs: number, paceOf: LearnedPace): DriveTime {
  const times = waysBeside(way).map((each) => driveTime(each, setsOutAtMs, paceOf));
  return times.reduce((best, time) => (time.seconds < best.seconds ? time : best));
}

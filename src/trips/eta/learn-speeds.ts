import { india } from '../../contract/positions.ts';
import { greatCircleKm, type Position } from '../../places/position.ts';
import {
  cellAt,
  eighthOf,
  hourInIndia,
  neighbourTowards,
  type Stretch,
  type StretchSpeed,
} from './stretches.ts';

/** An accepted point of a trip's track. */
export interface TrackPoint extends Position {
  readonly atMs: number;
}

/** Some metres of a drive, and how long they took. */
interface Hop {
  readonly from: TrackPoint;
  readonly to: TrackPoint;
  readonly metres: number;
  readonly seconds: number;
}

const minuteMs = 60_000;

/** Within this distance a truck stands: GPS positions of a parked phone wander less far. */
const standingMetres = 50;
/** Red lights and jams belong to a stretch. Who stands longer is being loaded, or eats: the rest is not counted. */
const longestStandMs = 3 * minuteMs;
/** Nobody knows which way a truck took while its phone was silent for longer than this. */
const longestSilenceMs = 3 * minuteMs;
/** After so many samples an old one is forgotten for each new one: some weeks, where there is traffic. */
export const mostSamples = 40;

/** The track without its standing and its silences, in hops of at least 50 m. The points are in the order of time. */
function hopsOf(points: readonly TrackPoint[]): readonly Hop[] {
  const hops: Hop[] = [];
  let [from, last] = [points[0], points[0]];
  for (const to of points) {
    if (!from || !last) break;
    const metres = greatCircleKm(from, to) * 1000;
    const wasSilent = to.atMs - last.atMs > longestSilenceMs;
    if (!wasSilent && metres >= standingMetres) {
      const stoodMs = Math.min(last.atMs - from.atMs, longestStandMs);
      hops.push({ from, to, metres, seconds: (to.atMs - last.atMs + stoodMs) / 1000 });
    }
    if (wasSilent || metres >= standingMetres) from = to;
    last = to;
  }
  return hops;
}

/** What a segment of a track says about the stretches that it runs through. */
export function learnSpeeds(points: readonly TrackPoint[]): readonly StretchSpeed[] {
  return runsOf(hopsOf(points)).flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) return [];
    const { cell, hour } = placeOf(first);
    return {
      fromCell: cell,
      toCell: neighbourTowards(cell, eighthOf(first.from, last.to)),
      hour,
      seconds: sumOf(run, ({ seconds }) => seconds),
      metres: sumOf(run, ({ metres }) => metres),
      samples: 1,
    };
  });
}

/** In metres. No way through a cell is longer: who drives more in it drives in circles. */
const longestStretch = 10_000;

/**
 * What a segment adds to what is known: of each stretch one sample, however often the truck went to and fro on it, and
 * nothing of where Weelo does not drive.
 */
export function samplesOf(points: readonly TrackPoint[]): readonly StretchSpeed[] {
  const seen = learnSpeeds(points.filter(isInIndia));
  return [...Map.groupBy(seen, stretchKey).values()].flatMap((times) => {
    const [first] = times;
    if (!first) return [];
    const metres = times.reduce((sum, each) => sum + each.metres, 0);
    const seconds = times.reduce((sum, each) => sum + each.seconds, 0);
    const share = Math.min(1, longestStretch / metres);
    return { ...first, metres: metres * share, seconds: seconds * share };
  });
}

function isInIndia({ latitude, longitude }: Position): boolean {
  const { south, north, west, east } = india;
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
}

/** Hops one after the other in the same cell and hour. */
function runsOf(hops: readonly Hop[]): readonly (readonly Hop[])[] {
  const runs: Hop[][] = [];
  for (const hop of hops) {
    const run = runs.at(-1);
    const [before, now] = [run?.at(-1), placeOf(hop)];
    const isSame = before && placeOf(before).cell === now.cell && placeOf(before).hour === now.hour;
    if (run && isSame) run.push(hop);
    else runs.push([hop]);
  }
  return runs;
}

const placeOf = ({ from }: Hop) => ({ cell: cellAt(from), hour: hourInIndia(from.atMs) });

const sumOf = (hops: readonly Hop[], figure: (hop: Hop) => number) =>
  hops.reduce((sum, hop) => sum + figure(hop), 0);

/** Adds what was seen to what is known. When there are more than enough samples, all that is known weighs less. */
export function fold(known: StretchSpeed | undefined, seen: StretchSpeed): StretchSpeed {
  const room = Math.max(0, mostSamples - seen.samples);
  const kept = known ? Math.min(1, room / known.samples) : 0;
  return {
    ...seen,
    seconds: (known?.seconds ?? 0) * kept + seen.seconds,
    metres: (known?.metres ?? 0) * kept + seen.metres,
    samples: Math.min(mostSamples, (known?.samples ?? 0) + seen.samples),
  };
}

export const stretchKey = ({ fromCell, toCell, hour }: Stretch) => `${fromCell} ${toCell} ${hour}`;

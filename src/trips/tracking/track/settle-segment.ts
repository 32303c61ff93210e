import { isInaccurate } from '../../../fleet/last-positions/fix.ts';
import { metresOf, type Track } from './accept-points.ts';
import { arePointsMissing, measureTrack } from './measure-track.ts';
import { metresBetween, plausibleTrack, type TrackPoint } from './plausible-track.ts';
import { encodeTrack } from './segments.ts';

/** A piece of a track that is written down at once. */
export interface Segment {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly points: number;
  readonly metres: number;
  /** As `encodeTrack` writes it. */
  readonly track: string;
  /** When the truck had moved on by more than a phone's wandering. Null: it has not. */
  readonly movedAtMs: number | null;
}

/** What decides when the next segment is written. */
export interface Settling {
  /** When the first of the points came that are not written. By our clock, as the next one. */
  readonly sinceMs: number | null;
  /** A hole that late points may still fill: the point before it, and since when it is known. */
  readonly hole: { readonly afterMs: number; readonly sinceMs: number } | null;
  /** Where the truck was when it was last noted that it moves. */
  readonly movedFrom: TrackPoint | null;
}

export const nothingSettled: Settling = { sinceMs: null, hole: null, movedFrom: null };

const pointsOfSegment = 60;
const mostWaitMs = 5 * 60_000;
/** Late points are not waited for when so many have come. It is what the Captain app keeps at most. */
const mostWaiting = 1000;
/** In metres. */
const movedBy = 100;

interface Settled {
  readonly track: Track;
  readonly settling: Settling;
  /** What is to be written, if it is time. */
  readonly segment: Segment | null;
}

/**
 * Takes a segment off the track if there are 60 points, or if the first one has waited for five minutes. What comes
 * after a hole waits another five minutes for the late points that fill it, because no point is accepted that is older
 * than what is written.
 *
 *     |-- written --|-- points --|   hole   |-- points --|
 *                   |- segment --|          |-- waits ---|
 */
export function settleSegment(
  track: Track,
  settling: Settling,
  { now, all = false }: { readonly now: Date; readonly all?: boolean },
): Settled {
  const nowMs = now.getTime();
  const sinceMs = track.points.length === 0 ? null : (settling.sinceMs ?? nowMs);
  const found = holeIn(track);
  const isSameHole = found?.afterMs === settling.hole?.afterMs;
  const hole = found && {
    afterMs: found.afterMs,
    sinceMs: isSameHole ? (settling.hole?.sinceMs ?? nowMs) : nowMs,
  };
  const waits = hole && nowMs - hole.sinceMs < mostWaitMs && track.points.length < mostWaiting;
  const settled = found && waits && !all ? track.plausible.slice(0, found.index) : track.plausible;
  const isLate = sinceMs !== null && nowMs - sinceMs >= mostWaitMs;
  const [first, last] = [settled[0], settled.at(-1)];
  const isDue = all || isLate || settled.length >= pointsOfSegment;
  if (!isDue || !first || !last) {
    return { track, settling: { ...settling, sinceMs, hole }, segment: null };
  }
  const segment = segmentOf(settled, track, settling);
  const rest = withoutSegment(track, settled, segment);
  return {
    track: rest,
    settling: {
      sinceMs: rest.points.length === 0 ? null : nowMs,
      hole: rest.points.length === 0 ? null : hole,
      movedFrom: segment.movedFrom,
    },
    segment: segment.segment,
  };
}

/** The first hole between the points, or between what is written and the first point. */
function holeIn({ plausible, written }: Track) {
  for (const [index, point] of plausible.entries()) {
    const before = plausible[index - 1] ?? written?.last;
    if (before && arePointsMissing(before, point)) return { index, afterMs: before.atMs };
  }
  return null;
}

function segmentOf(settled: readonly TrackPoint[], { written }: Track, settling: Settling) {
  const { metres, from } = measureTrack(settled, written?.measuredFrom ?? null);
  const accurate = settled.filter((point) => !isInaccurate(point));
  const movedFrom = settling.movedFrom ?? accurate[0] ?? null;
  const moved =
    movedFrom && accurate.findLast((point) => metresBetween(movedFrom, point) > movedBy);
  const segment: Segment = {
    firstAtMs: settled[0]?.atMs ?? 0,
    lastAtMs: settled.at(-1)?.atMs ?? 0,
    points: settled.length,
    metres: Math.round(metres),
    track: encodeTrack(settled),
    movedAtMs: moved?.atMs ?? null,
  };
  return { segment, measuredFrom: from, movedFrom: moved ?? movedFrom };
}

function withoutSegment(
  track: Track,
  settled: readonly TrackPoint[],
  { segment, measuredFrom }: ReturnType<typeof segmentOf>,
): Track {
  const last = settled.at(-1);
  if (!last) return track;
  const metres = (track.written?.metres ?? 0) + segment.metres;
  const written = { last, metres, measuredFrom };
  const points = track.points.filter(({ atMs }) => atMs > last.atMs);
  const plausible = plausibleTrack(points, last);
  return { ...track, written, points, plausible, metres: metresOf(written, plausible) };
}

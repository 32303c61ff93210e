import { AppError } from '../../contract/errors.ts';
import { isInaccurate } from '../../fleet/last-positions/fix.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { Written } from './track/accept-points.ts';
import type { TrackPoint } from './track/plausible-track.ts';
import { decodeTrack } from './track/segments.ts';
import { settleSegment, type Segment } from './track/settle-segment.ts';
import type { TrackStore } from './track-store.ts';

export interface HistoryDeps {
  readonly tracks: TrackStore;
  /** Answers whether the segment is new: it may be written twice. */
  readonly writeSegment: (tripId: string, segment: Segment) => Promise<boolean>;
  /** What is in segments of a trip. */
  readonly findWritten: (tripId: string) => Promise<Written | null>;
  /** The truck has moved. Called with a segment, so at most once in some minutes. */
  readonly noteMoved: (tripId: string, at: Date) => Promise<void>;
  /** Called once for each segment, with its accurate points. */
  readonly learnFrom: (tripId: string, points: readonly TrackPoint[]) => Promise<void>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** If a segment could not be written, the next batch after this time tries again. */
export const triedAgainAfterMs = 30_000;

/**
 * Writes a segment that was taken off the track, and says so in Redis. If this crashes half-way, the segment is still
 * in Redis as it was, and is written again. Whoever writes it second changes nothing.
 */
export async function keepSegment(tripId: string, segment: Segment, deps: HistoryDeps) {
  const isNew = await deps.writeSegment(tripId, segment);
  if (segment.movedAtMs !== null) await deps.noteMoved(tripId, new Date(segment.movedAtMs));
  await deps.tracks.finishWriting(tripId, segment);
  if (!isNew) return;
  const points = decodeTrack(segment.track).filter((point) => !isInaccurate(point));
  await deps.learnFrom(tripId, points);
}

const mostTries = 30;

/**
 * Writes all that is left of a track: to be called when its trip has ended, however it ended, and as often as one likes.
 * It fails while PostgreSQL or Redis is away, or answers late, and is then to be called again: it goes on from where it
 * was, because what is not written yet is in Redis.
 */
export async function keepRest(tripId: string, deps: HistoryDeps): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const known = await deps.tracks.read(tripId);
    if (!known) return;
    if (known.writing) {
      await keepSegment(tripId, known.writing.segment, deps);
      continue;
    }
    const now = deps.clock.now();
    const { track, settling, segment } = settleSegment(known.track, known.settling, {
      now,
      all: true,
    });
    if (!segment) return;
    const begins = { segment, triedAtMs: now.getTime() };
    const how = { was: known.rev, rev: deps.ids.next(), begins };
    const isOurs = await deps.tracks.write(tripId, { ...known, track, settling }, how);
    if (isOurs) await keepSegment(tripId, segment, deps);
  }
  throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000 });
}

/** How far the truck of a trip has driven, in metres. While Redis is away, only what is in segments is known. */
export async function distanceDriven(
  tripId: string,
  { tracks, findWritten }: Pick<HistoryDeps, 'tracks' | 'findWritten'>,
): Promise<number> {
  const known = await tracks.read(tripId).catch((error: unknown) => {
    logger.warn('Only the written part of a track is known', { tripId, error: String(error) });
    return undefined;
  });
  return Math.round(known?.track.metres ?? (await findWritten(tripId))?.metres ?? 0);
}

import type { Database } from '../../platform/postgres/postgres.ts';
import type { Written } from './track/accept-points.ts';
import { decodeTrack } from './track/segments.ts';
import type { Segment } from './track/settle-segment.ts';

/** Answers whether the segment is new. The same one may be written twice, if it is not known that it was written. */
export async function writeSegment(
  db: Database,
  tripId: string,
  { firstAtMs, lastAtMs, points, metres, track }: Segment,
): Promise<boolean> {
  const written = await db.$executeRaw`
    INSERT INTO weelo.track_segments (trip_id, first_at, last_at, points, distance_m, track)
    VALUES (
      ${tripId}::uuid, ${new Date(firstAtMs)}, ${new Date(lastAtMs)}, ${points}::int, ${metres}::int, ${track}
    )
    ON CONFLICT (trip_id, first_at) DO NOTHING
  `;
  return written === 1;
}

/** The part of a trip's track that is written: for a track that Redis does not know, or not any more. */
export async function findWritten(db: Database, tripId: string): Promise<Written | null> {
  const [found] = await db.$queryRaw<{ track: string; metres: number }[]>`
    SELECT track, (sum(distance_m) OVER ())::int AS metres
    FROM weelo.track_segments WHERE trip_id = ${tripId}::uuid
    ORDER BY last_at DESC LIMIT 1
  `;
  const last = found && decodeTrack(found.track).at(-1);
  return last ? { last, metres: found.metres, measuredFrom: last } : null;
}

import type { Database } from '../../platform/postgres/postgres.ts';
import { mostSamples } from './learn-speeds.ts';
import type { SpeedsNeeded } from './speeds-needed.ts';
import type { StretchSpeed } from './stretches.ts';

/**
 * Adds what was seen to what is known. The rule is `fold`, in SQL. The rows are written in one order, so that two
 * writers wait for each other and never block each other for ever.
 */
export async function foldSpeeds(db: Database, seen: readonly StretchSpeed[]): Promise<void> {
  if (seen.length === 0) return;
  await db.$executeRaw`
    INSERT INTO weelo.stretch_speeds AS s (from_cell, to_cell, hour, seconds, metres, samples)
    SELECT from_cell, to_cell, hour, sum(seconds), sum(metres), least(sum(samples), ${mostSamples}::int)
    FROM unnest(
      ${seen.map(({ fromCell }) => fromCell)}::text[], ${seen.map(({ toCell }) => toCell)}::text[],
      ${seen.map(({ hour }) => hour)}::smallint[], ${seen.map(({ seconds }) => seconds)}::float8[],
      ${seen.map(({ metres }) => metres)}::float8[], ${seen.map(({ samples }) => samples)}::int[]
    ) AS seen (from_cell, to_cell, hour, seconds, metres, samples)
    GROUP BY from_cell, to_cell, hour
    ORDER BY from_cell, to_cell, hour
    ON CONFLICT (from_cell, to_cell, hour) DO UPDATE SET
      seconds = EXCLUDED.seconds
        + s.seconds * least(1, (${mostSamples}::int - EXCLUDED.samples)::float8 / s.samples),
      metres = EXCLUDED.metres
        + s.metres * least(1, (${mostSamples}::int - EXCLUDED.samples)::float8 / s.samples),
      samples = least(${mostSamples}::int, s.samples + EXCLUDED.samples),
      updated_at = now()
  `;
}

/** All that is known near some ways, in one statement. */
export function speedsNear(
  db: Database,
  { cells, hours }: SpeedsNeeded,
): Promise<readonly StretchSpeed[]> {
  return db.$queryRaw<StretchSpeed[]>`
    SELECT from_cell AS "fromCell", to_cell AS "toCell", hour, seconds::float8 AS seconds,
           metres::float8 AS metres, samples
    FROM weelo.stretch_speeds
    WHERE from_cell = ANY (${[...cells]}::text[]) AND hour = ANY (${[...hours]}::smallint[])
  `;
}

/** Roads change: what nobody has driven for 90 days is forgotten. Answers how many stretches were, at most `most`. */
export function forgetOldSpeeds(db: Database, most: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM weelo.stretch_speeds WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM weelo.stretch_speeds WHERE updated_at < now() - interval '90 days'
      LIMIT ${most}::int FOR UPDATE SKIP LOCKED
    ))
  `;
}

/** In segments: about two hours of driving. What came before says little of what comes. */
const latestSegments = 24;

/** The last written segments of trips, as texts of the codec, the oldest first. */
export function latestTracks(
  db: Database,
  tripIds: readonly string[],
): Promise<readonly { readonly tripId: string; readonly track: string }[]> {
  return db.$queryRaw<{ tripId: string; track: string }[]>`
    SELECT trip.id AS "tripId", latest.track
    FROM unnest(${[...tripIds]}::uuid[]) AS trip (id), LATERAL (
      SELECT first_at, track FROM weelo.track_segments
      WHERE trip_id = trip.id ORDER BY first_at DESC LIMIT ${latestSegments}::int
    ) AS latest
    ORDER BY trip.id, latest.first_at
  `;
}

import * as z from 'zod';
import { tripKey } from '../../fleet/last-positions/trip-positions.ts';
import type { Postgres } from '../../platform/postgres/postgres.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { samplesOf, stretchKey, type TrackPoint } from './learn-speeds.ts';
import { foldSpeeds } from './speeds-store.ts';

interface Deps {
  readonly postgres: Pick<Postgres, 'run'>;
  readonly redis: Pick<RedisConnection, 'evaluate'>;
}

const keptMs = 86_400_000;

/** Answers which of the stretches the trip has not told of before, by their numbers. */
const firstTimes = `
  local numbers = {}
  for i, stretch in ipairs(ARGV) do
    if redis.call('SADD', KEYS[1], stretch) == 1 then table.insert(numbers, i) end
  end
  redis.call('PEXPIRE', KEYS[1], ${keptMs})
  return numbers
`;

/**
 * Learns how fast a truck was, from a segment of its track. A trip has one sample for each stretch and hour: otherwise a
 * single truck that drives in circles would be all that is known of a stretch. If this fails half-way, the segment is
 * not learnt from: better not at all than twice.
 */
export async function learnFromSegment(
  tripId: string,
  points: readonly TrackPoint[],
  { postgres, redis }: Deps,
): Promise<void> {
  const samples = samplesOf(points);
  if (samples.length === 0) return;
  const answer = await redis.evaluate(
    firstTimes,
    [`${tripKey(tripId)}:learnt`],
    samples.map(stretchKey),
  );
  const numbers = new Set(z.array(z.number()).parse(answer));
  const fresh = samples.filter((_, i) => numbers.has(i + 1));
  await postgres.run((db) => foldSpeeds(db, fresh));
}

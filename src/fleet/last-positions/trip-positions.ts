import * as z from 'zod';
import { logger } from '../../platform/logs/observability.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { unlessAway } from '../../platform/redis/unless-away.ts';
import { readFix, writeFix, type Fix } from './fix.ts';

/** What is known of a trip at a glance. */
export interface LastPosition {
  readonly fix: Fix;
  /** When the truck was there, by our clock: its phone's clock may be wrong. In milliseconds since 1970. */
  readonly seenAtMs: number;
  /** Whether the last thing that the phone said of its network was that it is poor. */
  readonly networkIsPoor: boolean;
  /** How far the truck has driven so far. */
  readonly metres: number;
}

/** Where the trucks are, by trip. It lives in Redis, and forgets a trip a day after its last fix. */
export interface TripPositions {
  /** A trip without a position is left out. Throws SERVICE_UNAVAILABLE while Redis is away. */
  of(tripIds: readonly string[]): Promise<ReadonlyMap<string, LastPosition>>;
  /** The same, for views that have more to show: while Redis is away, no position is known. */
  ofOrNone(tripIds: readonly string[]): Promise<ReadonlyMap<string, LastPosition>>;
}

/** The hash of a trip. Tracking keeps more in it, under other fields. */
export const tripKey = (tripId: string) => `trip:{${tripId}}`;

/** The fields of the hash that `readPosition` takes, in this order. */
export const positionFields = ['fix', 'network', 'metres', 'seen'] as const;

export const PositionValues = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
]);

export function readPosition(values: z.output<typeof PositionValues>): LastPosition | undefined {
  const [text, network, metres, seen] = values;
  // A field that is empty is not known yet.
  if (!text) return undefined;
  const fix = readFix(text);
  return {
    fix,
    seenAtMs: seen ? Number(seen) : fix.atMs,
    networkIsPoor: network === 'poor',
    metres: Number(metres),
  };
}

/** The values of the fields, in their order. */
export function writePosition({
  fix,
  seenAtMs,
  networkIsPoor,
  metres,
}: Omit<LastPosition, 'fix'> & { readonly fix: Fix | null }) {
  const network = networkIsPoor ? 'poor' : '';
  return [fix ? writeFix(fix) : '', network, metres.toFixed(1), fix ? seenAtMs : ''] as const;
}

const read = `return redis.call('HMGET', KEYS[1], unpack(ARGV))`;

export function openTripPositions(redis: Pick<RedisConnection, 'evaluate'>): TripPositions {
  const one = async (tripId: string) =>
    readPosition(
      PositionValues.parse(await redis.evaluate(read, [tripKey(tripId)], positionFields)),
    );
  const all = async (tripIds: readonly string[]) => {
    const found = await Promise.all(tripIds.map(one));
    return new Map(
      tripIds.flatMap((tripId, i) => {
        const position = found[i];
        return position ? [[tripId, position] as const] : [];
      }),
    );
  };
  return {
    of: (tripIds) => unlessAway(all(tripIds)),
    ofOrNone: async (tripIds) => {
      try {
        return await all(tripIds);
      } catch (error) {
        logger.warn('Trips are shown without their positions', { error: String(error) });
        return new Map();
      }
    },
  };
}

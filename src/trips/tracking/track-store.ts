import * as z from 'zod';
import {
  PositionValues,
  positionFields,
  readPosition,
  tripKey,
  writePosition,
} from '../../fleet/last-positions/trip-positions.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { unlessAway } from '../../platform/redis/unless-away.ts';
import { places, type Place, type Visit } from '../stays/follow-stays.ts';
import { metresOf } from './track/accept-points.ts';
import { plausibleTrack } from './track/plausible-track.ts';
import { decodeTrack, encodeTrack } from './track/segments.ts';
import type { Segment } from './track/settle-segment.ts';
import {
  readBegun,
  readState,
  readVisit,
  startOf,
  writeBegun,
  writeState,
  writeVisit,
  type TripTrack,
} from './track-state.ts';

/** A track as it was read. It is written back only if nobody else has written it since. */
interface ReadTrack extends TripTrack {
  readonly rev: string;
}

/** The tracks of trips, in Redis. They are forgotten a day after the last fix. Throws SERVICE_UNAVAILABLE. */
export interface TrackStore {
  read(tripId: string): Promise<ReadTrack | undefined>;
  /** Answers whether it was written. If not, somebody else has written meanwhile: read again. */
  write(
    tripId: string,
    track: Omit<TripTrack, 'writing' | 'visits'>,
    how: Writing,
  ): Promise<boolean>;
  /**
   * A visit is written down. It is noted only if the track has not changed since that `rev`: if another batch has seen
   * more meanwhile, the next one writes down what is true then.
   */
  noteVisit(tripId: string, rev: string, place: Place, visit: Visit): Promise<void>;
  /** The segment that begins at this time is written, and is not to be written again. */
  finishWriting(tripId: string, segment: Segment): Promise<void>;
}

interface Writing {
  /** The `rev` that was read, or none if nothing was. */
  readonly was: string | undefined;
  /** A new one. */
  readonly rev: string;
  /** The segment that the caller is going to write. */
  readonly begins: TripTrack['writing'];
}

const keptMs = 86_400_000;

const ownFields = ['rev', 'state', 'segment'] as const;
const visitField = (place: Place) => `${place} visit`;
const fields = [...positionFields, ...ownFields, ...places.map(visitField)];

const read = `return {redis.call('HMGET', KEYS[1], unpack(ARGV)), redis.call('GET', KEYS[2])}`;

/**
 * Two batches of a trip at once lose no points: the second one finds another rev than it has read, and is done
 * again. A script that is sent twice, because a connection was lost, finds its own rev.
 */
const write = `
  local was, rev, points, segment = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local known = redis.call('HGET', KEYS[1], 'rev') or ''
  if known == rev then return 1 end
  if known ~= was then return 0 end
  redis.call('HSET', KEYS[1], 'rev', rev, unpack(ARGV, 5))
  if segment ~= '' then redis.call('HSET', KEYS[1], 'segment', segment) end
  redis.call('SET', KEYS[2], points, 'PX', ${keptMs})
  redis.call('PEXPIRE', KEYS[1], ${keptMs})
  return 1
`;

const noteVisit = `
  if redis.call('HGET', KEYS[1], 'rev') == ARGV[1] then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
`;

/** Another segment may have been begun since: that one stays. */
const finishWriting = `
  local segment = redis.call('HGET', KEYS[1], 'segment')
  if segment and segment:sub(1, #ARGV[1]) == ARGV[1] then redis.call('HDEL', KEYS[1], 'segment') end
`;

export function openTrackStore(redis: Pick<RedisConnection, 'evaluate'>): TrackStore {
  const ask = (script: string, tripId: string, args: readonly (string | number)[]) => {
    const key = tripKey(tripId);
    return unlessAway(redis.evaluate(script, [key, `${key}:points`], args));
  };
  return {
    read: async (tripId) => readTrack(Answer.parse(await ask(read, tripId, fields))),
    write: async (tripId, trip, { was = '', rev, begins }) => {
      const { track } = trip;
      const position = writePosition({ ...trip, fix: track.shown, metres: track.metres });
      const values = positionFields.flatMap((field, i) => [field, position[i] ?? '']);
      const segment = begins ? writeBegun(begins) : '';
      const state = writeState(trip);
      const args = [was, rev, encodeTrack(track.points), segment, ...values, 'state', state];
      return (await ask(write, tripId, args)) === 1;
    },
    noteVisit: async (tripId, rev, place, visit) => {
      await ask(noteVisit, tripId, [rev, visitField(place), writeVisit(visit)]);
    },
    finishWriting: async (tripId, segment) => {
      await ask(finishWriting, tripId, [startOf(segment)]);
    },
  };
}

const Value = z.string().nullable();
const Answer = z.tuple([z.array(Value), Value]);

function readTrack([values, encoded]: z.output<typeof Answer>): ReadTrack | undefined {
  const position = readPosition(PositionValues.parse(values.slice(0, positionFields.length)));
  const [rev, stateText, segment, pickup, drop] = values.slice(positionFields.length);
  if (!rev || !stateText) return undefined;
  const { written, ...state } = readState(stateText);
  const points = decodeTrack(encoded ?? '');
  const plausible = plausibleTrack(points, written?.last ?? null);
  const shown = position?.fix ?? null;
  return {
    ...state,
    rev,
    track: { written, points, plausible, shown, metres: metresOf(written, plausible) },
    seenAtMs: position?.seenAtMs ?? 0,
    networkIsPoor: position?.networkIsPoor ?? false,
    writing: segment ? readBegun(segment) : null,
    visits: { pickup: readVisit(pickup), drop: readVisit(drop) },
  };
}

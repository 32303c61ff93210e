import * as z from 'zod';
import {
  PositionValues,
  positionFields,
  readPosition,
  tripKey,
  writePosition,
} from '../../fleet/positions/trip-positions.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';
import { unlessAway } from '../../platform/redis/unless-away.ts';
import { metresOf, type Track } from './accept-points.ts';
import { plausibleTrack } from './plausible-track.ts';
import { decodeTrack, encodeTrack } from './segments.ts';
import type { Segment, Settling } from './settle-segment.ts';
import { noVisits, visits, type NotedVisits, type Visit } from './visits.ts';

/** All that Redis knows of a trip's track. */
export interface TripTrack {
  readonly track: Track;
  readonly settling: Settling;
  readonly networkIsPoor: boolean;
  /** The last fix that the customer was told, and when. */
  readonly told: { readonly fixAtMs: number; readonly atMs: number } | null;
  /** A segment that is being written, and when that was last tried. */
  readonly writing: { readonly segment: Segment; readonly triedAtMs: number } | null;
  readonly visits: NotedVisits;
}

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
  noteVisit(tripId: string, visit: Visit, at: Date): Promise<void>;
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
const visitFields = visits.map(({ place, what }) => `${place} ${what}`);
const fields = [...positionFields, ...ownFields, ...visitFields];

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
  if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) end
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
      const { track, networkIsPoor } = trip;
      const position = writePosition({ fix: track.shown, metres: track.metres, networkIsPoor });
      const values = positionFields.flatMap((field, i) => [field, position[i] ?? '']);
      const segment = begins ? startOf(begins.segment) + JSON.stringify(begins) : '';
      const state = writeState(trip);
      const args = [was, rev, encodeTrack(track.points), segment, ...values, 'state', state];
      return (await ask(write, tripId, args)) === 1;
    },
    noteVisit: async (tripId, { place, what }, at) => {
      await ask(noteVisit, tripId, [`${place} ${what}`, at.getTime()]);
    },
    finishWriting: async (tripId, segment) => {
      await ask(finishWriting, tripId, [startOf(segment)]);
    },
  };
}

const startOf = (segment: Segment) => `${segment.firstAtMs} `;

const Value = z.string().nullable();
const Answer = z.tuple([z.array(Value), Value]);

/** A point in the codec, or nothing. */
const Point = z.string().transform((text) => decodeTrack(text)[0] ?? null);
const writePoint = (point: Parameters<typeof encodeTrack>[0][number] | null) =>
  point ? encodeTrack([point]) : '';

const State = z.object({
  written: z.object({ last: Point, metres: z.number(), measuredFrom: Point }).nullable(),
  settling: z.object({
    sinceMs: z.number().nullable(),
    hole: z.object({ afterMs: z.number(), sinceMs: z.number() }).nullable(),
    movedFrom: Point,
  }),
  told: z.object({ fixAtMs: z.number(), atMs: z.number() }).nullable(),
});

function writeState({
  track: { written },
  settling,
  told,
}: Omit<TripTrack, 'writing' | 'visits'>): string {
  return JSON.stringify({
    written: written && {
      ...written,
      last: writePoint(written.last),
      measuredFrom: writePoint(written.measuredFrom),
    },
    settling: { ...settling, movedFrom: writePoint(settling.movedFrom) },
    told,
  } satisfies z.input<typeof State>);
}

const BegunSegment = z.object({
  segment: z.object({
    firstAtMs: z.number(),
    lastAtMs: z.number(),
    points: z.number(),
    metres: z.number(),
    track: z.string(),
    movedAtMs: z.number().nullable(),
  }),
  triedAtMs: z.number(),
});

function readTrack([values, encoded]: z.output<typeof Answer>): ReadTrack | undefined {
  const position = readPosition(PositionValues.parse(values.slice(0, positionFields.length)));
  const [rev, stateText, segment, ...noted] = values.slice(positionFields.length);
  if (!rev || !stateText) return undefined;
  const state = State.parse(JSON.parse(stateText));
  const { last } = state.written ?? {};
  const written = state.written && last ? { ...state.written, last } : null;
  const points = decodeTrack(encoded ?? '');
  const plausible = plausibleTrack(points, written?.last ?? null);
  return {
    rev,
    track: {
      written,
      points,
      plausible,
      shown: position?.fix ?? null,
      metres: metresOf(written, plausible),
    },
    settling: state.settling,
    told: state.told,
    networkIsPoor: position?.networkIsPoor ?? false,
    writing: segment ? BegunSegment.parse(JSON.parse(segment.slice(segment.indexOf(' ')))) : null,
    visits: visitFields.reduce(
      (all, field, i) => ({ ...all, [field]: noted[i] ? Number(noted[i]) : null }),
      noVisits,
    ),
  };
}

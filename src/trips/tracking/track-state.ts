import * as z from 'zod';
import { unheardClock, type PhoneClock } from './phone-clock.ts';
import {
  noStays,
  noVisits,
  type NotedVisits,
  type Stays,
  type Visit,
} from '../stays/follow-stays.ts';
import type { Track, Written } from './track/accept-points.ts';
import { decodeTrack, encodeTrack } from './track/segments.ts';
import { nothingSettled, type Segment, type Settling } from './track/settle-segment.ts';

/** All that Redis knows of a trip's track. */
export interface TripTrack {
  readonly track: Track;
  readonly settling: Settling;
  /** When the truck was where watchers see it, by our clock. 0 if nothing is shown. */
  readonly seenAtMs: number;
  readonly clock: PhoneClock;
  readonly networkIsPoor: boolean;
  /** The last fix that the customer was told, and when. */
  readonly told: { readonly fixAtMs: number; readonly atMs: number } | null;
  /** A segment that is being written, and when that was last tried. */
  readonly writing: { readonly segment: Segment; readonly triedAtMs: number } | null;
  /** The stays as of what is in segments. Later points may come in any order: they are followed from here. */
  readonly stays: Stays;
  readonly visits: NotedVisits;
}

/** Of a trip that has no track in Redis, there is what is in segments, if it had a track. */
export function newTrack(written: Written | null): TripTrack {
  const metres = written?.metres ?? 0;
  return {
    track: { written, points: [], plausible: [], shown: null, metres },
    settling: nothingSettled,
    seenAtMs: 0,
    clock: unheardClock,
    networkIsPoor: false,
    told: null,
    writing: null,
    stays: noStays,
    visits: noVisits,
  };
}

/** A point in the codec, or nothing. */
const Point = z.string().transform((text) => decodeTrack(text)[0] ?? null);
const writePoint = (point: Parameters<typeof encodeTrack>[0][number] | null) =>
  point ? encodeTrack([point]) : '';

const Stay = z
  .object({
    arrivedAtMs: z.number(),
    outside: z.object({ sinceMs: z.number(), untilMs: z.number() }).nullable(),
  })
  .nullable();

const State = z.object({
  written: z.object({ last: Point, metres: z.number(), measuredFrom: Point }).nullable(),
  settling: z.object({
    sinceMs: z.number().nullable(),
    hole: z.object({ afterMs: z.number(), sinceMs: z.number() }).nullable(),
    movedFrom: Point,
  }),
  told: z.object({ fixAtMs: z.number(), atMs: z.number() }).nullable(),
  // Tracks that were begun before there was this have none of it.
  clock: z
    .object({
      behindMs: z.number().nullable(),
      heard: z.object({ atMs: z.number(), lagMs: z.number() }).nullable(),
    })
    .default(unheardClock),
  stays: z.object({ pickup: Stay, drop: Stay }).default(noStays),
});

type KeptState = Pick<TripTrack, 'track' | 'settling' | 'told' | 'clock' | 'stays'>;

export function writeState({ track, settling, told, clock, stays }: KeptState): string {
  const { written } = track;
  return JSON.stringify({
    written: written && {
      ...written,
      last: writePoint(written.last),
      measuredFrom: writePoint(written.measuredFrom),
    },
    settling: { ...settling, movedFrom: writePoint(settling.movedFrom) },
    told,
    clock,
    stays,
  } satisfies z.input<typeof State>);
}

export function readState(text: string) {
  const { written, ...state } = State.parse(JSON.parse(text));
  const { last } = written ?? {};
  return { ...state, written: written && last ? { ...written, last } : null };
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

/** With it, the text of a segment begins: it can be told from others without reading all of it. */
export const startOf = (segment: Segment) => `${segment.firstAtMs} `;

export const writeBegun = (begun: NonNullable<TripTrack['writing']>) =>
  startOf(begun.segment) + JSON.stringify(begun);

export const readBegun = (text: string) =>
  BegunSegment.parse(JSON.parse(text.slice(text.indexOf(' '))));

export const writeVisit = ({ arrivedAtMs, leftAtMs }: Visit) => `${arrivedAtMs} ${leftAtMs ?? ''}`;

export function readVisit(text: string | null | undefined): Visit | null {
  const [arrived, left] = text?.split(' ') ?? [];
  return arrived ? { arrivedAtMs: Number(arrived), leftAtMs: left ? Number(left) : null } : null;
}

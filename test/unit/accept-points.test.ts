import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FixOfBatch } from '../../src/contract/http/tracking/fixes.ts';
import { TripPosition } from '../../src/contract/http/tracking/views.ts';
import { readFix, writeFix, type Fix } from '../../src/fleet/last-positions/fix.ts';
import { followStays, noStays, visitsOf, type Visit } from '../../src/trips/stays/follow-stays.ts';
import { acceptPoints, type Track } from '../../src/trips/tracking/track/accept-points.ts';
import { measureTrack } from '../../src/trips/tracking/track/measure-track.ts';
import { couldDrive, metresBetween } from '../../src/trips/tracking/track/plausible-track.ts';
import { decodeTrack, encodeTrack } from '../../src/trips/tracking/track/segments.ts';
import {
  nothingSettled,
  settleSegment,
  type Segment,
} from '../../src/trips/tracking/track/settle-segment.ts';
import { randomFrom, type Random } from '../support/city-drives/random.ts';
import {
  delayed,
  doubled,
  inBatches,
  shuffled,
  withHoles,
  withSpikes,
} from '../support/drives/mishaps.ts';
import { ahead, roadDrive, type DriveOptions } from '../support/drives/road-drive.ts';

const noTrack: Track = { written: null, points: [], plausible: [], shown: null, metres: 0 };
const startMs = Date.parse('2026-01-31T09:30:00.000Z');
const noida = { latitude: 28.5355, longitude: 77.391 };

const sentOf = ({ atMs, ...fix }: Fix): FixOfBatch => ({ ...fix, timestamp: atMs });
const at = (second: number) => new Date(startMs + second * 1000);

/** So many metres north of Noida, so many seconds after the start. */
const point = (second: number, metres: number, change: Partial<FixOfBatch> = {}): FixOfBatch => ({
  ...ahead(noida, 0, metres),
  timestamp: startMs + second * 1000,
  speed: null,
  bearing: null,
  accuracy: null,
  ...change,
});

/** Points of a truck that drives north at 15 m/s, at these seconds. */
const driving = (...seconds: number[]) => seconds.map((second) => point(second, second * 15));

/** Takes batches one after the other, with the time of the newest fix so far. */
function takeAll(batches: readonly (readonly FixOfBatch[])[], track = noTrack) {
  let nowMs = 0;
  const outcomes = batches.map((batch) => {
    nowMs = Math.max(nowMs, ...batch.map(({ timestamp }) => timestamp ?? 0));
    const taken = acceptPoints(track, batch, new Date(nowMs + 1000));
    track = taken.track;
    return taken.outcome;
  });
  return { track, outcomes };
}

const take = (track: Track, ...batch: readonly FixOfBatch[]) =>
  acceptPoints(track, batch, at(10_000));
const shownAt = ({ shown }: Track) => shown && (shown.atMs - startMs) / 1000;

describe('points that are sent', () => {
  test('are accepted in any order, and the newest one is shown as it was sent', () => {
    const newest = {
      ...point(20, 300),
      latitude: 28.53812345,
      speed: 14.5,
      bearing: 0,
      accuracy: 7.5,
    };
    const { track, outcome } = take(noTrack, point(10, 150), newest, point(0, 0));
    expect(outcome).toEqual({
      processed: 3,
      accepted: 3,
      stale: 0,
      duplicate: 0,
      invalid: 0,
      lastAcceptedTimestamp: at(20).toISOString(),
    });
    const { timestamp: atMs, ...rest } = newest;
    expect(track.shown).toEqual({ atMs, ...rest });
  });

  test('are duplicates at an instant that is known, in the same batch or a later one', () => {
    const { track } = take(noTrack, ...driving(0, 10));
    const again = take(track, ...driving(10, 20, 20));
    expect(again.outcome).toMatchObject({ processed: 3, accepted: 1, duplicate: 2 });
    const third = take(again.track, ...driving(0, 10, 20));
    expect(third.outcome).toMatchObject({ accepted: 0, duplicate: 3, lastAcceptedTimestamp: null });
    expect(third.track).toBe(again.track);
  });

  test.each([
    ['north of the pole', { latitude: 90.1 }],
    ['beyond the date line', { longitude: -180.1 }],
    ['at no latitude', { latitude: null }],
    ['at no longitude', { longitude: null }],
    ['at no time', { timestamp: null }],
    ['where a phone is that knows nothing', { latitude: 0, longitude: 0 }],
    ['over a minute ahead', { timestamp: startMs + 60_001 }],
  ])('are invalid %s', (_, change) => {
    const { track, outcome } = acceptPoints(noTrack, [point(0, 0, change)], at(0));
    expect(outcome).toMatchObject({ processed: 1, accepted: 0, invalid: 1 });
    expect(track).toBe(noTrack);
  });

  test('are accepted from a clock that is a minute ahead, and up to a day late', () => {
    const day = 86_400;
    const one = (second: number) => acceptPoints(noTrack, [point(second, 0)], at(day)).outcome;
    expect(one(day + 60)).toMatchObject({ accepted: 1 });
    expect(one(0)).toMatchObject({ accepted: 1 });
    expect(one(-0.001)).toMatchObject({ accepted: 0, stale: 1 });
  });

  test('are stale up to the last point that is written', () => {
    const { track } = take(noTrack, ...driving(0, 10, 20));
    const settled = settleSegment(track, nothingSettled, { now: at(20), all: true });
    const { outcome } = take(settled.track, ...driving(5, 20, 25));
    expect(outcome).toMatchObject({ accepted: 1, stale: 2, duplicate: 0 });
  });

  test('lose what a phone says when it does not know, and keep what it measured', () => {
    const unknown = take(noTrack, point(0, 0, { speed: -1, bearing: -1, accuracy: 0 }));
    expect(unknown.track.shown).toMatchObject({ speed: null, bearing: null, accuracy: null });
    const known = take(noTrack, point(0, 0, { speed: 0, bearing: 360, accuracy: 3 }));
    expect(known.track.shown).toMatchObject({ speed: 0, bearing: 0, accuracy: 3 });
  });
});

describe('jumps', () => {
  test('begin above 55 m/s', () => {
    const { track } = take(noTrack, point(0, 0));
    expect(take(track, point(10, 549)).outcome).toMatchObject({ accepted: 1, invalid: 0 });
    expect(take(track, point(10, 552)).outcome).toMatchObject({ accepted: 0, invalid: 1 });
  });

  test('and the points after them: a spike changes neither what is shown nor the distance', () => {
    const drive = driving(0, 10, 20, 30, 40, 50);
    const spiked = drive.with(3, point(30, 9000));
    const { track, outcome } = take(noTrack, ...spiked);
    expect(outcome).toMatchObject({ accepted: 5, invalid: 1 });
    expect(track.metres).toBeCloseTo(750, -1);
    expect(shownAt(take(noTrack, ...spiked.slice(0, 4)).track)).toBe(20);
  });

  test('a wrong first point is given up when two later ones agree, and another start when three do', () => {
    const wrong = take(noTrack, point(0, 50_000)).track;
    const one = take(wrong, ...driving(10));
    expect(one.outcome).toMatchObject({ accepted: 0, invalid: 1 });
    const two = take(one.track, ...driving(20));
    expect(two.track.plausible.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([10, 20]);

    const written = settleSegment(wrong, nothingSettled, { now: at(0), all: true }).track;
    const counts = [[10], [10, 20], [10, 20, 30]].map(
      (seconds) => take(written, ...driving(...seconds)).track.plausible.length,
    );
    expect(counts).toEqual([0, 0, 3]);
    // Nobody drove the 50 km between.
    expect(take(written, ...driving(10, 20, 30, 40)).track.metres).toBeCloseTo(450, -1);
  });

  test('are not shown even so, until the truck can have got there, or nothing else came for three minutes', () => {
    const near = take(noTrack, point(0, 3000), ...driving(10, 20, 30)).track;
    // From 3 km ahead: 3000 - 15 * t metres in t seconds.
    expect(
      shownAt(take(take(noTrack, point(0, 3000)).track, ...driving(10, 20, 30, 40)).track),
    ).toBe(0);
    expect(
      shownAt(take(take(noTrack, point(0, 3000)).track, ...driving(10, 20, 30, 40, 50)).track),
    ).toBe(50);
    expect(shownAt(near)).toBe(30);
    const far = take(noTrack, point(0, 50_000)).track;
    expect(shownAt(take(far, ...driving(10, 90, 170)).track)).toBe(0);
    expect(shownAt(take(far, ...driving(10, 90, 170, 180)).track)).toBe(180);
  });

  test('inaccurate points give way to an accurate one that contradicts them, even if they are more', () => {
    const vague = { accuracy: 300 };
    const off = [point(18, 580, vague), point(20, 690, vague)];
    const { track } = take(noTrack, ...driving(0, 10), ...off, ...driving(22, 30));
    expect(track.plausible.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([0, 10, 22, 30]);
  });
});

describe('inaccurate points', () => {
  test('are kept and shown, and no distance is taken from them', () => {
    const off = point(20, 340, { ...ahead(ahead(noida, 0, 300), 90, 200), accuracy: 51 });
    const { track, outcome } = take(noTrack, ...driving(0, 10), off, ...driving(30));
    expect(outcome).toMatchObject({ accepted: 4 });
    expect(track.metres).toBeCloseTo(450, -1);
    expect(shownAt(take(noTrack, ...driving(0), point(9, 100, { accuracy: 200 })).track)).toBe(9);
  });
});

type Kind = DriveOptions['through'];
const driveOf = (random: Random, through: Kind, more: Partial<DriveOptions> = {}) =>
  roadDrive(random, { through, km: through === 'city' ? 20 : 60, startsAtMs: startMs, ...more });
const seeds = Array.from({ length: 12 }, (_, i) => 101 + i * 7919);
const off = (metres: number, truth: number) => Math.abs(metres / truth - 1);

describe.each(['city', 'highway'] as const)('the distance of a drive through a %s', (through) => {
  test.each([
    ['as the Captain app measures', {}],
    ['every second', { seconds: { moving: 1, resting: 1 } }],
    ['every five seconds', { seconds: { moving: 5, resting: 5 }, inaccurate: 0 }],
  ])('is within 3 percent of the true one, measured %s', (_, more) => {
    for (const seed of seeds) {
      const { fixes, metres } = driveOf(randomFrom(seed), through, more);
      expect(off(measureTrack(fixes, null).metres, metres)).toBeLessThan(0.03);
    }
  });

  test('is within 3 percent of the true one, without a word on the accuracy', () => {
    for (const seed of seeds) {
      const { fixes, metres } = driveOf(randomFrom(seed), through, { inaccurate: 0 });
      const silent = fixes.map((fix) => ({ ...fix, accuracy: null }));
      expect(off(measureTrack(silent, null).metres, metres)).toBeLessThan(0.03);
    }
  });

  test('is within 3 percent when it is shuffled, doubled, with holes and spikes', () => {
    for (const seed of seeds) {
      const random = randomFrom(seed);
      const drive = driveOf(random, through);
      const { fixes, spikes } = withSpikes(withHoles(drive.fixes, random), random);
      const sent = shuffled(doubled(fixes, random), random);
      const { track } = takeAll(inBatches(sent.map(sentOf), 20));
      expect(spikes.size).toBeGreaterThan(3);
      expect(off(track.metres, drive.metres)).toBeLessThan(0.03);
    }
  });
});

describe('a truck that stands still', () => {
  test('has driven nothing, however its phone wanders, and however long', () => {
    for (const seed of seeds) {
      const random = randomFrom(seed);
      const spread = random.between(2, 8);
      const fixes = Array.from({ length: 720 }, (_, i) => ({
        ...ahead(ahead(noida, 0, random.normal(spread)), 90, random.normal(spread)),
        atMs: startMs + i * 30_000,
        accuracy: spread * 1.5,
      }));
      const naive = fixes.reduce((sum, fix, i) => sum + metresBetween(fixes[i - 1] ?? fix, fix), 0);
      expect(naive).toBeGreaterThan(2000);
      expect(measureTrack(fixes, null).metres).toBeLessThan(naive / 20);
    }
  });
});

describe('the order and the number of times in which points come', () => {
  const seed = fc.integer({ min: 1, max: 1e6 });
  test('change nothing: neither the track nor the distance', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 100 }), (seed, size) => {
        const random = randomFrom(seed);
        const drive = driveOf(random, 'city', { km: 5 });
        const { fixes } = withSpikes(withHoles(drive.fixes, random, { count: 1 }), random, 0.08);
        const inOrder = takeAll(inBatches(fixes.map(sentOf), 5)).track;
        const anyhow = shuffled(doubled(fixes, random), random).map(sentOf);
        const { track, outcomes } = takeAll(inBatches(anyhow, size));
        expect(track.plausible).toEqual(inOrder.plausible);
        expect(track.metres).toBe(inOrder.metres);
        const sum = (of: 'accepted' | 'duplicate' | 'invalid' | 'processed') =>
          outcomes.reduce((total, outcome) => total + outcome[of], 0);
        expect(sum('accepted') + sum('duplicate') + sum('invalid')).toBe(sum('processed'));
        expect(sum('duplicate')).toBe(anyhow.length - fixes.length);
      }),
      { numRuns: 30 },
    );
  });

  test('never let a watcher see an impossible jump', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 20 }), (seed, size) => {
        const random = randomFrom(seed);
        const drive = driveOf(random, 'city', { km: 8 });
        const { fixes } = withSpikes(withHoles(drive.fixes, random), random, 0.1);
        const sent = delayed(doubled(fixes, random), random, 12).map(sentOf);
        let track = noTrack;
        const shown: Fix[] = [];
        for (const batch of inBatches(sent, size)) {
          ({ track } = takeAll([batch], track));
          if (track.shown && track.shown.atMs !== shown.at(-1)?.atMs) shown.push(track.shown);
        }
        expect(shown.length).toBeGreaterThan(fixes.length / size / 4);
        for (const [i, fix] of shown.entries()) {
          const before = shown[i - 1];
          if (!before) continue;
          expect(fix.atMs).toBeGreaterThan(before.atMs);
          expect(couldDrive(before, fix)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Takes batches, and writes the segments that are due. They come as they are measured, or all in one minute. */
function keepAll(batches: readonly (readonly FixOfBatch[])[], { atOnce = false } = {}) {
  const newestOf = (sent: readonly FixOfBatch[]) =>
    Math.max(...sent.map(({ timestamp }) => timestamp ?? 0));
  let [track, settling, nowMs] = [noTrack, nothingSettled, startMs];
  if (atOnce) nowMs = newestOf(batches.flat());
  const segments: Segment[] = [];
  const outcomes = batches.map((batch) => {
    nowMs = Math.max(nowMs + 60_000 / batches.length, newestOf(batch));
    const now = new Date(nowMs);
    const taken = acceptPoints(track, batch, now);
    const settled = settleSegment(taken.track, settling, { now });
    ({ track, settling } = settled);
    if (settled.segment) segments.push(settled.segment);
    return taken.outcome;
  });
  const { segment, ...rest } = settleSegment(track, settling, { now: new Date(nowMs), all: true });
  if (segment) segments.push(segment);
  const count = (of: 'accepted' | 'stale') => outcomes.reduce((sum, each) => sum + each[of], 0);
  return { segments, ...rest, accepted: count('accepted'), stale: count('stale') };
}

describe('segments', () => {
  const steady = (from: number, to: number, every = 10) =>
    driving(...Array.from({ length: Math.ceil((to - from) / every) }, (_, i) => from + i * every));

  test('are taken at 60 points', () => {
    const { track } = take(noTrack, ...steady(0, 590));
    expect(settleSegment(track, nothingSettled, { now: at(590) }).segment).toBeNull();
    const full = take(track, point(590, 590 * 15)).track;
    const {
      segment,
      track: rest,
      settling,
    } = settleSegment(full, nothingSettled, { now: at(590) });
    expect(segment).toMatchObject({ points: 60, firstAtMs: startMs, lastAtMs: startMs + 590_000 });
    expect(segment?.metres).toBe(8850);
    expect(decodeTrack(segment?.track ?? '')).toEqual(full.plausible);
    expect(rest).toMatchObject({ points: [], plausible: [], metres: 8850 });
    expect(settling.sinceMs).toBeNull();
  });

  test('are taken five minutes after their first point came, and not before', () => {
    const first = take(noTrack, point(0, 0)).track;
    const { settling } = settleSegment(first, nothingSettled, { now: at(0) });
    expect(settleSegment(first, settling, { now: at(299.999) }).segment).toBeNull();
    expect(settleSegment(first, settling, { now: at(300) }).segment).toMatchObject({ points: 1 });
  });

  test('are not taken beyond a hole until late points have had five minutes to fill it', () => {
    const { track } = take(noTrack, ...steady(0, 300), ...steady(600, 900));
    const early = settleSegment(track, nothingSettled, { now: at(1000) });
    expect(early.segment).toBeNull();
    const late = settleSegment(track, early.settling, { now: at(1299) });
    expect(late.segment).toBeNull();
    expect(settleSegment(track, early.settling, { now: at(1300) }).segment).toMatchObject({
      points: 60,
    });

    const more = take(track, ...steady(300, 600)).track;
    expect(settleSegment(more, early.settling, { now: at(1001) }).segment).toMatchObject({
      points: 90,
    });
    const before = take(noTrack, ...steady(0, 600), ...steady(900, 1200)).track;
    const { segment, track: rest } = settleSegment(before, nothingSettled, { now: at(1200) });
    expect([segment?.points, rest.points.length]).toEqual([60, 30]);
  });

  test('say that the truck has moved when it is over 100 m from where it was last said to move', () => {
    const settleAt = (track: Track, settling = nothingSettled) =>
      settleSegment(track, settling, { now: at(1000), all: true });
    const standing = settleAt(take(noTrack, point(0, 0), point(30, 60), point(60, 20)).track);
    expect(standing.segment?.movedAtMs).toBeNull();
    const crawling = settleAt(
      take(standing.track, point(90, 90), point(120, 99)).track,
      standing.settling,
    );
    expect(crawling.segment?.movedAtMs).toBeNull();
    const moved = settleAt(
      take(crawling.track, point(150, 101), point(180, 90)).track,
      crawling.settling,
    );
    expect(moved.segment?.movedAtMs).toBe(startMs + 150_000);
    const still = settleAt(take(moved.track, point(200, 60)).track, moved.settling);
    expect(still.segment?.movedAtMs).toBeNull();
  });

  test('make the same distance as the track in one piece, and lose no point', () => {
    for (const seed of seeds) {
      const drive = driveOf(randomFrom(seed), 'city');
      const kept = keepAll(inBatches(drive.fixes.map(sentOf), 5));
      expect(kept.segments.length).toBeGreaterThan(4);
      const metres = kept.segments.reduce((sum, each) => sum + each.metres, 0);
      expect(kept.track.metres).toBe(metres);
      expect(off(metres, measureTrack(drive.fixes, null).metres)).toBeLessThan(0.005);
      expect(kept.segments.reduce((sum, each) => sum + each.points, 0)).toBe(kept.accepted);
      expect(kept.stale).toBe(0);
      for (const [i, segment] of kept.segments.entries()) {
        expect(segment.firstAtMs).toBeGreaterThan(kept.segments[i - 1]?.lastAtMs ?? 0);
      }
    }
  });

  test.each(['city', 'highway'] as const)(
    'are within 3 percent of the way through a %s, however late points come',
    (through) => {
      for (const seed of seeds) {
        const random = randomFrom(seed);
        const drive = driveOf(random, through);
        const { fixes } = withSpikes(withHoles(drive.fixes, random), random);
        // The phone was away, and sends all within some minutes, in any order; or each point up to two minutes late.
        const sent = shuffled(doubled(fixes, random), random).map(sentOf);
        const atOnce = keepAll(inBatches(sent, 50), { atOnce: true });
        const late = keepAll(inBatches(delayed(doubled(fixes, random), random, 12).map(sentOf)));
        // What is missing in a segment did not make a hole.
        expect(atOnce.stale).toBeLessThan(sent.length / 5);
        expect(off(atOnce.track.metres, drive.metres)).toBeLessThan(0.03);
        expect(off(late.track.metres, drive.metres)).toBeLessThan(0.03);
      }
    },
  );
});

describe('visits', () => {
  const pickup = noida;
  const drop = ahead(noida, 0, 5000);
  const minutes = (count: number) => count * 60;
  type Trip = Parameters<typeof visitsOf>[2];
  const tripOf = (change: Partial<Trip> = {}): Trip => ({
    pickup,
    drop,
    status: 'en_route_pickup',
    acceptedAtMs: startMs,
    startedAtMs: null,
    ...change,
  });
  /** So many seconds after the start, the driver sets out for the drop. */
  const onTheRoad = (second: number) =>
    tripOf({ status: 'in_transit', startedAtMs: at(second).getTime() });

  const secondsOf = (visit: Visit | null) =>
    visit && [visit.arrivedAtMs, visit.leftAtMs].map((ms) => ms && (ms - startMs) / 1000);
  /** Of each place, when the truck came, and when it left. */
  const seenIn = (points: readonly FixOfBatch[], trip = tripOf()) => {
    const { plausible } = acceptPoints(noTrack, points, at(40_000)).track;
    const seen = visitsOf(followStays(noStays, plausible, trip), plausible.at(-1)?.atMs ?? 0, trip);
    // However the track is cut into segments, it is the same.
    for (let cut = 0; cut < plausible.length; cut += 1) {
      const written = followStays(noStays, plausible.slice(0, cut), trip);
      const stays = followStays(written, plausible.slice(cut), trip);
      expect(visitsOf(stays, plausible.at(-1)?.atMs ?? 0, trip)).toEqual(seen);
    }
    return { pickup: secondsOf(seen.pickup), drop: secondsOf(seen.drop) };
  };

  test('are seen at 200 m from the pickup and 500 m from the drop, with the time of the point', () => {
    const whole = [
      point(0, -1000),
      point(60, -201),
      point(70, -199),
      point(400, 30),
      point(500, 150),
      point(520, 260),
      point(530, 380),
      point(800, 4400),
      point(810, 4600),
      point(1000, 4990),
      point(1200, 5600),
      point(1210, 5700),
      point(1800, 9000),
    ];
    expect(seenIn(whole, onTheRoad(525))).toEqual({ pickup: [70, null], drop: [810, 1200] });
    expect(seenIn(whole, onTheRoad(530))).toEqual({ pickup: [70, 520], drop: [810, 1200] });
    expect(seenIn(whole)).toEqual({ pickup: [70, 520], drop: null });
  });

  test('are not taken from an inaccurate point, nor a departure from a single one', () => {
    const vague = { accuracy: 51 };
    const there = tripOf({ status: 'at_pickup' });
    expect(seenIn([point(0, 0, vague), point(400, 10, vague)], there).pickup).toBeNull();
    const once = [
      point(0, 0),
      point(10, 300),
      point(20, 100),
      point(30, 290, { accuracy: 45 }),
      point(1000, 291),
    ];
    expect(seenIn(once).pickup).toEqual([0, null]);
  });

  test('count when the truck has stayed for five minutes, or when the driver says so', () => {
    const stays = [point(0, 0), point(299, 10)];
    expect(seenIn(stays).pickup).toBeNull();
    expect(seenIn([...stays, point(300, 10)]).pickup).toEqual([0, null]);
    expect(seenIn(stays, tripOf({ status: 'at_pickup' })).pickup).toEqual([0, null]);
    // A phone that stands is silent: it was there until it is seen elsewhere.
    expect(seenIn([point(0, 0), point(1000, 400)]).pickup).toEqual([0, null]);
    expect(seenIn([point(0, 0)], onTheRoad(1000)).pickup).toEqual([0, null]);
  });

  test('are none of a truck that passes the drop on a divided road, and comes back two hours later', () => {
    const passes = [point(0, 4000), point(40, 4600), point(100, 5400), point(110, 5800)];
    const away = [point(700, 9000), point(7000, 9000)];
    const back = [point(7200, 5100), point(7500, 5100)];
    const trip = onTheRoad(0);
    expect(seenIn(passes, trip).drop).toBeNull();
    expect(seenIn([...passes, ...away], trip).drop).toBeNull();
    expect(seenIn([...passes, ...away, ...back], trip).drop).toEqual([7200, null]);
    // Its driver said that it is there when it was.
    const said = tripOf({ ...trip, status: 'arrived_at_drop' });
    expect(seenIn([...passes, ...away, point(7200, 5100)], said).drop).toEqual([7200, null]);
  });

  test('go on when the truck turns, or goes from the gate to the bay', () => {
    const waits = [point(0, 0), point(600, 20)];
    const turns = [point(700, 400), point(760, 900), point(1200, 400)];
    expect(seenIn([...waits, ...turns]).pickup).toEqual([0, null]);
    expect(seenIn([...waits, ...turns, point(1299, 150), point(1310, 0)]).pickup).toEqual([
      0,
      null,
    ]);
    expect(seenIn([...waits, ...turns, point(1299, 400)]).pickup).toEqual([0, null]);
    expect(seenIn([...waits, ...turns, point(1300, 400)]).pickup).toEqual([0, 700]);
  });

  test('begin again when the truck comes back after ten minutes', () => {
    const goes = [point(0, 0), point(600, 20), point(700, 400), point(760, 900)];
    expect(seenIn([...goes, point(1300, 900), point(1320, 0), point(1650, 0)]).pickup).toEqual([
      1320,
      null,
    ]);
  });

  test('end neither by noise at the edge, nor by wandering: they are told a few times at most', () => {
    const random = randomFrom(7);
    const track = Array.from({ length: 1000 }, (_, i) =>
      point(i * 10, 205 + random.normal(20), { accuracy: 20 }),
    );
    const told = new Set<string>();
    for (let known = 1; known <= track.length; known += 5) {
      const { plausible } = acceptPoints(noTrack, track.slice(0, known), at(40_000)).track;
      const stays = followStays(noStays, plausible, tripOf());
      told.add(JSON.stringify(visitsOf(stays, plausible.at(-1)?.atMs ?? 0, tripOf()).pickup));
    }
    expect(told.size).toBeLessThanOrEqual(2);
  });

  test('are none before the driver accepted, nor at the drop before the truck set out', () => {
    const early = [point(0, 0), point(600, 0), point(1200, 10)];
    expect(seenIn(early, tripOf({ acceptedAtMs: at(600).getTime() })).pickup).toEqual([600, null]);
    expect(seenIn(early, tripOf({ acceptedAtMs: null })).pickup).toBeNull();
    const atDrop = [point(0, 5000), point(600, 5010), point(1200, 5000)];
    expect(seenIn(atDrop).drop).toBeNull();
    expect(seenIn(atDrop, onTheRoad(500)).drop).toEqual([600, null]);
    // Who comes by the pickup again, on the way to the drop, has not come for the goods.
    const again = [point(0, 2000), point(300, 0), point(700, 0)];
    expect(seenIn(again, onTheRoad(200)).pickup).toBeNull();
  });

  test('a truck that waits for hours in one place has waited from the first minute', () => {
    const waits = Array.from({ length: 200 }, (_, i) => point(minutes(i), 30));
    expect(seenIn(waits).pickup).toEqual([0, null]);
  });
});

/** Every number that JSON can say, and what is said instead of one. */
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    1e308,
    -1e308,
    5e-324,
    2 ** 53,
    -(2 ** 53),
    1e21,
    Infinity,
    -Infinity,
    NaN,
  ),
  fc.integer({ min: -200, max: 200 }),
  fc.constant(null),
);

describe('whatever a phone says of a position', () => {
  const anyFix = fc.record({
    latitude: anyNumber,
    longitude: anyNumber,
    timestamp: fc.oneof(anyNumber, fc.integer({ min: startMs - 9e7, max: startMs + 9e4 })),
    speed: anyNumber,
    bearing: anyNumber,
    accuracy: anyNumber,
  });

  test('is counted, and what is believed can be written and read again', () => {
    const parsed = anyFix.map((fix) => FixOfBatch.parse(JSON.parse(JSON.stringify(fix))));
    const inIndia = parsed.map((fix) => ({ ...fix, ...ahead(noida, 0, (fix.speed ?? 0) % 100) }));
    const sent = fc.array(fc.oneof(anyFix, parsed, inIndia), { maxLength: 30 });
    fc.assert(
      fc.property(sent, (points) => {
        const { track, outcome } = acceptPoints(noTrack, points, new Date(startMs));
        const { accepted, stale, duplicate, invalid, processed } = outcome;
        expect(accepted + stale + duplicate + invalid).toBe(processed);
        expect(Number.isFinite(track.metres)).toBe(true);
        expect(decodeTrack(encodeTrack(track.points))).toEqual(track.points);
        const { shown } = track;
        if (shown) expect(writeFix(readFix(writeFix(shown)))).toBe(writeFix(shown));
        if (shown) expect(TripPosition.shape.speed.safeParse(shown.speed ?? 0).success).toBe(true);
        const { segment } = settleSegment(track, nothingSettled, { now: at(0), all: true });
        expect(segment?.metres ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [{ accuracy: 1e308 }, { accuracy: 100_000 }],
    [{ accuracy: Infinity }, { accuracy: 100_000 }],
    [{ accuracy: 5e-324 }, { accuracy: 5e-324 }],
    [{ speed: 100 }, { speed: 100 }],
    [{ speed: 100.1 }, { speed: null }],
    [{ bearing: 360.1 }, { bearing: null }],
    [{ bearing: 1e308 }, { bearing: null }],
  ])('is kept to what is plausible: %j', (said, kept) => {
    expect(take(noTrack, point(0, 0, said)).track.shown).toMatchObject(kept);
  });

  test('is no position if it is nearly at 0, 0', () => {
    const nowhere = point(0, 0, { latitude: 1e-9, longitude: -1e-300 });
    expect(take(noTrack, nowhere).outcome).toMatchObject({ accepted: 0, invalid: 1 });
  });
});

test('points are stale before and after the time in which they count, both ends included', () => {
  const span = { fromMs: startMs + 10_000, untilMs: startMs + 30_000 };
  const { track, outcome } = acceptPoints(noTrack, driving(0, 9, 10, 20, 30, 31), at(40), span);
  expect(outcome).toMatchObject({ accepted: 3, stale: 3 });
  expect(track.plausible.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([10, 20, 30]);
});

import { greatCircleKm, type Position } from '../../../src/places/position.ts';
import { estimateArrival, type Arrival } from '../../../src/trips/eta/estimate-arrival.ts';
import { openLearnedPace } from '../../../src/trips/eta/learned-pace.ts';
import { fold, learnSpeeds, stretchKey } from '../../../src/trips/eta/learn-speeds.ts';
import type { StretchSpeed } from '../../../src/trips/eta/stretches.ts';
import type { CityDrive } from './city-drives.ts';
import type { Fix } from './drive-along.ts';

/** A leg of a drive, to the pickup or to the drop, and the fixes on it. */
export interface Leg {
  readonly to: Position;
  readonly fixes: readonly Fix[];
  readonly arrivesAtMs: number;
  readonly metres: number;
  /** The leg that the same truck has driven before. */
  readonly before?: Leg;
}

export const legToPickup = (drive: CityDrive): Leg => ({
  to: drive.pickup,
  fixes: drive.fixes.filter(({ atMs }) => atMs <= drive.atPickupMs),
  arrivesAtMs: drive.atPickupMs,
  metres: drive.pickupMetres,
});

export const legToDrop = (drive: CityDrive): Leg => ({
  to: drive.drop,
  fixes: drive.fixes.filter(({ atMs }) => atMs >= drive.leftPickupMs),
  arrivesAtMs: drive.atDropMs,
  metres: drive.dropMetres,
  before: legToPickup(drive),
});

const minute = 60_000;

/** What is learned from drives, segment by segment, as their phones send them. */
export function learnFrom(drives: readonly CityDrive[]): readonly StretchSpeed[] {
  const table = new Map<string, StretchSpeed>();
  const segments = drives.flatMap(({ fixes }) => [
    ...Map.groupBy(fixes, ({ atMs }) => Math.floor(atMs / (5 * minute))).values(),
  ]);
  for (const segment of segments) {
    for (const seen of learnSpeeds(segment)) {
      table.set(stretchKey(seen), fold(table.get(stretchKey(seen)), seen));
    }
  }
  return [...table.values()];
}

export interface Asked {
  readonly arrival: Arrival;
  readonly straightKm: number;
  readonly actualMinutes: number;
}

/** Asks for the ETA every five minutes of each leg, from its first fix on. */
export function askAlong(legs: readonly Leg[], speeds: readonly StretchSpeed[]): readonly Asked[] {
  const paceOf = openLearnedPace(speeds);
  return legs.flatMap(({ to, fixes, arrivesAtMs, before }) => {
    const seenBefore = learnSpeeds(before?.fixes ?? []);
    return momentsOf(fixes).map((fix) => {
      const { atMs } = fix;
      const seen = learnSpeeds(fixes.filter((each) => each.atMs <= atMs));
      const journey = { way: [fix, to], fixAtMs: atMs, soFar: [...seenBefore, ...seen] };
      return {
        arrival: estimateArrival(journey, atMs, paceOf),
        straightKm: greatCircleKm(fix, to),
        actualMinutes: (arrivesAtMs - atMs) / minute,
      };
    });
  });
}

const momentsOf = (fixes: readonly Fix[]) =>
  [
    ...Map.groupBy(fixes, ({ atMs }) => Math.floor((atMs - (fixes[0]?.atMs ?? 0)) / (5 * minute))),
  ].flatMap(([, [first]]) => first ?? []);

export const meanError = <Each extends Pick<Asked, 'actualMinutes'>>(
  asked: readonly Each[],
  minutesOf: (each: Each) => number,
) =>
  asked.reduce((sum, each) => sum + Math.abs(minutesOf(each) - each.actualMinutes), 0) /
  asked.length;

/**
 * Distance over a constant speed, at its best: with the detour of the training drives, and of all speeds the one with
 * the smallest mean error on them.
 */
export function bestConstantSpeed(training: readonly Leg[]) {
  const roadKm = training.reduce((sum, { metres }) => sum + metres / 1000, 0);
  const lineKm = training.reduce((sum, { fixes, to }) => sum + straightKmFrom(fixes[0], to), 0);
  const detour = roadKm / lineKm;
  const asked = training.flatMap(({ fixes, to, arrivesAtMs }) =>
    momentsOf(fixes).map((fix) => ({
      straightKm: greatCircleKm(fix, to),
      actualMinutes: (arrivesAtMs - fix.atMs) / minute,
    })),
  );
  const minutesAt = (kmh: number) => (each: Pick<Asked, 'straightKm'>) =>
    ((each.straightKm * detour) / kmh) * 60;
  const speeds = Array.from({ length: 250 }, (_, index) => 10 + index / 5);
  const errors = speeds.map((kmh) => meanError(asked, minutesAt(kmh)));
  const kmh = speeds[errors.indexOf(Math.min(...errors))] ?? 0;
  return { detour, kmh, minutesOf: minutesAt(kmh) };
}

const straightKmFrom = (fix: Fix | undefined, to: Position) => (fix ? greatCircleKm(fix, to) : 0);

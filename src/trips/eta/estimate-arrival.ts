import { DETOUR } from '../../places/estimate-route.ts';
import type { LearnedPace } from './learned-pace.ts';
import { eighthOfStretch, type StretchSpeed } from './stretches.ts';
import { quickestDrive, straightKm, type Way } from './way-ahead.ts';

/** A drive that is under way. */
export interface Journey {
  /** From the truck's last known position by way of the remaining stops to where it goes. */
  readonly way: Way;
  /** The time of that position. */
  readonly fixAtMs: number;
  /** What was seen of this trip so far (by `learnSpeeds`). */
  readonly soFar: readonly StretchSpeed[];
}

export interface Arrival {
  readonly minutes: number;
  readonly lowMinutes: number;
  readonly highMinutes: number;
  /** By road, from the last known position. */
  readonly distanceKm: number;
}

/**
 * A trip's own pace counts half after so long a drive. Drives begin on small roads, so that their first minutes say more
 * of those than of the driver.
 */
const trialSeconds = 45 * 60;
/** A trip whose pace is further off than this has lost its way, or its phone. */
const slowest = 2;
const fastest = 0.5;
/** In km/h along the straight line: nobody gets there faster. */
const topSpeed = 80;
/** Three of four times it takes between 1 / spread and spread times as long as estimated. */
const spreadOf = (learned: number) => 1.6 - 0.25 * learned;

/**
 * When a truck arrives. While nothing is heard of it, it is taken to drive on: the minutes go down, to no less than
 * one. But it may as well stand where it was last seen: so the high figure stays.
 */
export function estimateArrival(journey: Journey, nowMs: number, paceOf: LearnedPace): Arrival {
  const km = straightKm(journey.way);
  const drive = quickestDrive(journey.way, journey.fixAtMs, paceOf);
  const least = (km / topSpeed) * 3600;
  const seconds = Math.max(least, drive.seconds * paceOfTrip(journey.soFar, paceOf));
  const spread = spreadOf(drive.learned);
  const silence = Math.max(0, nowMs - journey.fixAtMs) / 1000;
  const minutes = Math.max(1, Math.round((seconds - silence) / 60));
  const low = Math.floor((Math.max(least, seconds / spread) - silence) / 60);
  return {
    minutes,
    lowMinutes: Math.min(minutes, Math.max(1, low)),
    highMinutes: Math.max(minutes, Math.ceil((seconds * spread) / 60)),
    distanceKm: Math.round(km * DETOUR),
  };
}

/** How many times as long as others this trip takes, on the stretches that it has driven. 1 if nothing is known. */
function paceOfTrip(soFar: readonly StretchSpeed[], paceOf: LearnedPace): number {
  let [taken, expected] = [trialSeconds, trialSeconds];
  for (const stretch of soFar) {
    const { fromCell: cell, hour, metres } = stretch;
    taken += stretch.seconds;
    expected += paceOf({ cell, eighth: eighthOfStretch(stretch), hour }).secondsPerMetre * metres;
  }
  return Math.min(slowest, Math.max(fastest, taken / expected));
}

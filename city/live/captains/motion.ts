import { greatCircleKm, type Position } from '../../../src/places/position.ts';

/** A drive on the straight way from one place to another, at one speed. */
export interface Motion {
  readonly from: Position;
  readonly to: Position;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly metresPerSecond: number;
}

/** As fast as the jump check lets a truck be, with a margin: short trips end within a minute or two. */
export const drivingSpeed = 50;
const digits = 1e6;

export const arrivesAt = ({ from, to, startedAt, metresPerSecond }: Motion): number =>
  startedAt + (greatCircleKm(from, to) * 1_000_000) / metresPerSecond;

/** Where it is at an instant: before it, at its beginning, and after it, at its end. */
export function placeAt(motion: Motion, at: number): Position {
  const { from, to, startedAt } = motion;
  const end = arrivesAt(motion);
  const share =
    end <= startedAt ? 1 : Math.min(1, Math.max(0, (at - startedAt) / (end - startedAt)));
  const between = (one: number, other: number) =>
    Math.round((one + (other - one) * share) * digits) / digits;
  return {
    latitude: between(from.latitude, to.latitude),
    longitude: between(from.longitude, to.longitude),
  };
}

export const standing = (at: Position, now: number): Motion => ({
  from: at,
  to: at,
  startedAt: now,
  metresPerSecond: drivingSpeed,
});

/** In degrees, clockwise from north. */
export function bearingOf({ from, to }: Motion): number {
  const east = (to.longitude - from.longitude) * Math.cos((from.latitude * Math.PI) / 180);
  const degrees = (Math.atan2(east, to.latitude - from.latitude) * 180) / Math.PI;
  return Math.round((degrees + 360) % 360);
}

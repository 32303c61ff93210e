import type { PlantedTrip } from './planted-trips.ts';

/** As the Captain app sends them: a fix every 10 s on the move, and a batch as soon as there are five. */
export const pointsOfBatch = 5;
const betweenFixesMs = 10_000;
const sendingMs = 1000;
export const betweenBatchesMs = pointsOfBatch * betweenFixesMs + sendingMs;

const metresPerMs = 15 / 1000;
const metresOfDegree = 111_200;

/** What a phone sends: the last so many points, up to this instant. */
export function batchOf({ tripId }: PlantedTrip, number: number, untilMs: number, points: number) {
  return {
    tripId,
    points: Array.from({ length: points }, (_, i) =>
      pointAt(number, Math.floor(untilMs) - (points - 1 - i) * betweenFixesMs),
    ),
  };
}

/** Each truck drives north on a road of its own, at 54 km/h, far from pickup and drop. */
function pointAt(number: number, atMs: number) {
  const metres = (atMs % 86_400_000) * metresPerMs;
  return {
    latitude: 8 + (metres % 1_000_000) / metresOfDegree,
    longitude: 75 + number / 1000,
    speed: 15,
    bearing: 0,
    accuracy: 4 + (number % 12),
    timestamp: new Date(atMs).toISOString(),
  };
}

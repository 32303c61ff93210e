import * as fc from 'fast-check';
import type { Position } from '../../src/places/position.ts';

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Anywhere in India's extent. */
export const inIndia = fc.record({ latitude: within(6.5, 37), longitude: within(68, 97.5) });

/** Sides of cells, squares, of what lies in one slot, and of regions, in degrees north and east. */
const sides = [
  [0.0054931640625, 0.010986328125],
  [0.0439453125, 0.0439453125],
  [0.17578125, 0.3515625],
  [5.625, 11.25],
] as const;
const beside = fc.constantFrom(-1e-7, 0, 1e-7, -0.004, 0.004);

/** At the nearest corner of cells, or a hand's breadth beside it. */
const cornerNear = (near: Position) =>
  fc
    .record({ side: fc.constantFrom(...sides), north: beside, east: beside })
    .map(({ side: [high, wide], north, east }) => ({
      latitude: Math.round(near.latitude / high) * high + north,
      longitude: Math.round(near.longitude / wide) * wide + east,
    }));

export const besideLine = inIndia.chain(cornerNear);

/** Within so many kilometres, often where cells meet. */
export const around = (from: Position, km: number) =>
  fc.oneof(scattered(from, km), scattered(from, km).chain(cornerNear));

const scattered = ({ latitude, longitude }: Position, km: number) =>
  fc.record({ far: within(0, km), turn: within(0, 2 * Math.PI) }).map(({ far, turn }) => ({
    latitude: latitude + (far * Math.cos(turn)) / 111.2,
    longitude: longitude + (far * Math.sin(turn)) / 111.2 / Math.cos((latitude * Math.PI) / 180),
  }));

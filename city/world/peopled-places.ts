import type { Position } from '../../src/places/position.ts';
import type { Draws } from './draws.ts';
import { parameters } from './parameters.ts';

/** A locality, and how much of what happens there. */
export interface Locality extends Position {
  readonly isHub: boolean;
}

const metresOfDegree = 111_000;

/** Some localities are hubs, other ones with each seed. */
export function peopledPlaces(places: readonly Position[], draws: Draws): readonly Locality[] {
  const found = places.map((place, index) => ({
    ...place,
    isHub: draws.share(index) < parameters.places.hubs,
  }));
  return found.some(({ isHub }) => isHub)
    ? found
    : found.map((place, index) => ({ ...place, isHub: index === 0 }));
}

/** Somewhere in the city: near the middle of a locality that suits. */
export function somewhere(
  localities: readonly Locality[],
  what: keyof typeof parameters.places.weightOfHub,
  draws: Draws,
  ...key: readonly number[]
): Position {
  const { weightOfHub, scatterMetres } = parameters.places;
  const weighed = localities.map((place) => ({
    place,
    weight: place.isHub ? weightOfHub[what] : 1,
  }));
  const { place } = draws.pickWeighted(weighed, ...key, 1);
  const north = draws.normal(scatterMetres, ...key, 2) / metresOfDegree;
  const east = draws.normal(scatterMetres, ...key, 3) / metresOfDegree;
  const shrink = Math.cos((place.latitude * Math.PI) / 180);
  return { latitude: place.latitude + north, longitude: place.longitude + east / shrink };
}

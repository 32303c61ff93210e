import { estimateRoute } from '../estimate-route.ts';
import { labelOf } from './gazetteer.ts';
import {
  mostSuggestions,
  type Address,
  type PlacesSource,
  type RouteQuery,
  type Way,
} from '../places-source.ts';
import type { Position } from '../position.ts';
import { nearestPlace, searchGazetteer } from './search-gazetteer.ts';

/** Answers from the data in this repository. It needs no other service, and always has an answer. */
export const builtIn = {
  search: async ({ query, near }) => {
    const found = await searchGazetteer(query, near, mostSuggestions);
    return found.map((place) => ({
      placeId: place.id,
      label: labelOf(place),
      address: labelOf(place),
      city: place.city,
      latitude: place.latitude,
      longitude: place.longitude,
    }));
  },
  findAddress: addressNear,
  findWay: (asked) => Promise.resolve(estimateWay(asked)),
} satisfies PlacesSource;

/** Up to this distance, a position gets the address of the nearest place. */
const AT_KM = 2;
/** Beyond this distance no place is named, because the position may be at sea or in another country. */
const NEAR_KM = 50;

async function addressNear(position: Position): Promise<Address> {
  const nearest = await nearestPlace(position);
  if (!nearest || nearest.km > NEAR_KM) {
    const address = coordinatesOf(position);
    return { address, city: null, state: null, country: null, postalCode: null };
  }
  const { place, km } = nearest;
  return {
    address: km <= AT_KM ? labelOf(place) : `Near ${labelOf(place)}`,
    city: place.city,
    state: place.state,
    country: 'India',
    postalCode: km <= AT_KM ? (place.postalCode ?? null) : null,
  };
}

const coordinatesOf = ({ latitude, longitude }: Position) =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** Estimates a route of straight lines from point to point. */
function estimateWay({ points, withLine }: RouteQuery): Way {
  const legs = points.slice(1).flatMap((to, index) => {
    const from = points[index];
    return from ? [estimateRoute(from, to)] : [];
  });
  return {
    distanceKm: sum(legs.map(({ distanceKm }) => distanceKm)),
    durationMinutes: sum(legs.map(({ durationMinutes }) => durationMinutes)),
    legs,
    line: withLine ? points.map(({ latitude, longitude }) => [latitude, longitude]) : [],
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((whole, each) => whole + each, 0);

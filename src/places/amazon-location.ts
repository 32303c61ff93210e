import { india } from '../contract/positions.ts';
import type { LocatedPlace } from '../platform/aws/location-answers.ts';
import type { Location } from '../platform/aws/location.ts';
import { mostSuggestions, type PlacesSource } from './places-source.ts';
import { simplifyLine } from './simplify-line.ts';

/** Converts metres and seconds to the whole kilometres and minutes that the apps expect. */
const whole = ({ metres, seconds }: { readonly metres: number; readonly seconds: number }) => ({
  distanceKm: Math.round(metres / 1000),
  durationMinutes: Math.round(seconds / 60),
});

/** No phone's screen shows more points than this, and every point is sent over a mobile network. */
const MOST_POINTS = 500;

/** Answers about places from Amazon Location Service. */
export function amazonLocation(location: Location): PlacesSource {
  return {
    search: async ({ query, near }) => {
      const found = await location.searchText({
        text: query,
        near,
        within: india,
        country: 'IND',
        most: mostSuggestions,
      });
      return found.flatMap((place) => {
        const { position, placeId, title, label, city } = place;
        if (!position) return [];
        return [
          {
            placeId,
            label: label ?? title,
            address: label ?? null,
            city: city ?? null,
            ...position,
          },
        ];
      });
    },
    findAddress: async (position) => {
      const found = await location.reverseGeocode(position);
      return found && addressOf(found);
    },
    findWay: async ({ points, truckMode, withLine }) => {
      const by = truckMode ? 'Truck' : 'Car';
      const found = await location.calculateRoute({ points, by, withLine });
      return (
        found && {
          ...whole(found),
          legs: (found.legs ?? []).map(whole),
          line: simplifyLine(found.line, MOST_POINTS),
        }
      );
    },
  };
}

function addressOf({ title, label, city, state, country, postalCode }: LocatedPlace) {
  return {
    address: label ?? title,
    city: city ?? null,
    state: state ?? null,
    country: country ?? null,
    postalCode: postalCode ?? null,
  };
}

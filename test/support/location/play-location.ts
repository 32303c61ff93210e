import type { PlayedService } from 'local-cloud';
import { playGeoPlaces } from './geo-places.ts';
import { playGeoRoutes } from './geo-routes.ts';

/** Amazon Location Service, for tests of what asks it: `npm start` has no use for it, and does not play it. */
export function playLocation(now: () => Date): readonly PlayedService[] {
  return [playGeoPlaces(), playGeoRoutes(now)];
}

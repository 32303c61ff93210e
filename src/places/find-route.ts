import * as z from 'zod';
import type { FoundRouteWithStops } from '../contract/http/places/routes.ts';
import { askPlaces, type PlacesDeps } from './ask-places.ts';
import { formatDuration } from './format-duration.ts';
import type { Way } from './places-source.ts';
import { roundedTo, written, type Position } from './position.ts';

interface RouteInput {
  /** At least two. */
  readonly points: readonly Position[];
  readonly truckMode: boolean;
  readonly includePolyline: boolean;
}

const Stretch = z.object({ distanceKm: z.int(), durationMinutes: z.int() });
const KeptWay: z.ZodType<Way> = Stretch.extend({
  legs: z.array(Stretch),
  line: z.array(z.tuple([z.number(), z.number()])),
});

/** The route through these points, in the given order. */
export async function findRoute(
  { points: exact, truckMode, includePolyline: withLine }: RouteInput,
  deps: PlacesDeps,
): Promise<FoundRouteWithStops> {
  const points = exact.map(roundedTo(4));
  const spots = points.map(written);
  // If all points are the same, the distance is 0, so Amazon is not asked.
  const staying = new Set(spots).size === 1;
  const { answer, source } = await askPlaces(staying ? { ...deps, amazon: undefined } : deps, {
    operation: 'route',
    about: [truckMode ? 'truck' : 'car', withLine ? 'line' : '', ...spots].join('#'),
    answer: KeptWay,
    ask: (from) => from.findWay({ points, truckMode, withLine }),
  });
  if (!answer) throw new Error('No source had a way, not even the one that always has');

  const { distanceKm, durationMinutes, legs, line } = answer;
  return {
    distanceKm,
    durationMinutes,
    durationFormatted: formatDuration(durationMinutes),
    source: source === 'built-in' ? 'estimate' : source,
    legs,
    polyline: line,
  };
}

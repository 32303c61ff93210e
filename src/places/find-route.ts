import * as z from 'zod';
import type { FoundRouteWithStops } from '../contract/http/places/routes.ts';
import { askPlaces, type PlacesDeps } from './ask-places.ts';
import { formatDuration } from './format-duration.ts';
import type { Way } from './places-source.ts';
import { roundedTo, written, type Position } from './position.ts';

interface RouteInput {
  /** Two at least. */
  readonly points: readonly Position[];
  readonly truckMode: boolean;
  readonly includePolyline: boolean;
}

const Stretch = z.object({ distanceKm: z.int(), durationMinutes: z.int() });
const KeptWay: z.ZodType<Way> = Stretch.extend({
  legs: z.array(Stretch),
  line: z.array(z.tuple([z.number(), z.number()])),
});

/** The way through some points, in their order. */
export async function findRoute(
  { points: exact, truckMode, includePolyline: withLine }: RouteInput,
  deps: PlacesDeps,
): Promise<FoundRouteWithStops> {
  const points = exact.map(roundedTo(4));
  const spots = points.map(written);
  // Nobody need be asked how far it is from a point to itself.
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

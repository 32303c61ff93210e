import * as z from 'zod';
import { type Operation, type PlayedService, awsService } from 'local-cloud';
import { flexiblePolyline } from './flexible-polyline.ts';
import { greatCircle, type Position } from './great-circle.ts';
import { invalidForLocation, LocationPosition, pricing, providerOf } from './location.ts';

const CalculateRoutes = z
  .object({
    Origin: LocationPosition,
    Destination: LocationPosition,
    Waypoints: z
      .array(z.object({ Position: LocationPosition }))
      .max(23)
      .default([]),
    TravelMode: z.enum(['Car', 'Truck', 'Scooter', 'Pedestrian']).default('Car'),
    LegGeometryFormat: z.enum(['FlexiblePolyline', 'Simple']).default('FlexiblePolyline'),
    DepartNow: z.boolean().optional(),
    DepartureTime: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ DepartNow, DepartureTime }) => !(DepartNow && DepartureTime), {
    error: 'DepartNow and DepartureTime are mutually exclusive',
  });
type Asked = z.output<typeof CalculateRoutes>;
type TravelMode = Asked['TravelMode'];

/** Roads bend: their length over that of the straight line. */
const DETOUR = 1.3;
/** Metres of each leg that lead through a town. */
const IN_TOWN = 30_000;
/** Kilometres per hour, in town and between towns. */
const speeds: Record<TravelMode, readonly [inTown: number, between: number]> = {
  Car: [28, 60],
  Truck: [22, 42],
  Scooter: [25, 40],
  Pedestrian: [5, 5],
};

interface Leg {
  readonly from: Position;
  readonly to: Position;
  /** Whole metres. */
  readonly distance: number;
  /** Whole seconds. */
  readonly duration: number;
}

/** Amazon Location Service Routes, version 2: `CalculateRoutes`, with distances over the great circle. */
export function playGeoRoutes(now: () => Date): PlayedService {
  const calculateRoutes: Operation = (input) => {
    const asked = CalculateRoutes.parse(input);
    const legs = legsOf(asked);
    const departure = asked.DepartNow
      ? now()
      : asked.DepartureTime && new Date(asked.DepartureTime);
    const route = {
      Legs: writeLegs(legs, asked, departure || undefined),
      MajorRoadLabels: [],
      Summary: { Distance: sum(legs, 'distance'), Duration: sum(legs, 'duration') },
    };
    const { LegGeometryFormat } = asked;
    return { headers: pricing('Core'), body: { LegGeometryFormat, Notices: [], Routes: [route] } };
  };
  return awsService({
    signingName: 'geo-routes',
    wireFormat: 'rest-json',
    operations: new Map([['CalculateRoutes', calculateRoutes]]),
    operationOf: ({ method, path }) =>
      method === 'POST' && path === '/v2/routes' ? 'CalculateRoutes' : undefined,
    resourcesOf: providerOf('geo-routes'),
    invalid: invalidForLocation,
  });
}

const sum = (legs: readonly Leg[], member: 'distance' | 'duration') =>
  legs.reduce((all, leg) => all + leg[member], 0);

function legsOf({ Origin, Waypoints, Destination, TravelMode }: Asked): readonly Leg[] {
  const stops = [...Waypoints.map(({ Position }) => Position), Destination];
  const starts = [Origin, ...stops];
  return stops.map((to, index) => {
    const from = starts[index] ?? Origin;
    const distance = Math.round(greatCircle(from, to) * DETOUR);
    return { from, to, distance, duration: secondsFor(distance, TravelMode) };
  });
}

function secondsFor(metres: number, mode: TravelMode): number {
  const [inTown, between] = speeds[mode];
  const townMetres = Math.min(metres, IN_TOWN);
  return Math.round(((townMetres / inTown + (metres - townMetres) / between) * 3600) / 1000);
}

function writeLegs(legs: readonly Leg[], asked: Asked, departure: Date | undefined) {
  let elapsed = 0;
  const timeAt = (seconds: number) =>
    departure && { Time: new Date(departure.getTime() + seconds * 1000).toISOString() };
  return legs.map(({ from, to, distance, duration }) => {
    const Departure = { Place: { Position: from }, ...timeAt(elapsed) };
    elapsed += duration;
    const Arrival = { Place: { Position: to }, ...timeAt(elapsed) };
    const Summary = {
      Overview: { Distance: distance, Duration: duration },
      TravelOnly: { Duration: duration },
    };
    const line = straightLine(from, to, distance);
    return {
      ...detailsOf(asked.TravelMode, { Departure, Arrival, Summary }),
      Geometry:
        asked.LegGeometryFormat === 'Simple'
          ? { LineString: line }
          : { Polyline: flexiblePolyline(line) },
      TravelMode: asked.TravelMode,
    };
  });
}

/** The lists are there, as in the real answer, and empty: nothing happens on the way. */
function detailsOf(mode: TravelMode, details: object) {
  const always = { Notices: [], PassThroughWaypoints: [], Spans: [], TravelSteps: [] };
  if (mode === 'Pedestrian') {
    return { Type: 'Pedestrian', PedestrianLegDetails: { ...always, ...details } };
  }
  const driving = {
    AfterTravelSteps: [],
    Incidents: [],
    Tolls: [],
    TollSystems: [],
    TruckRoadTypes: [],
    Zones: [],
  };
  return { Type: 'Vehicle', VehicleLegDetails: { ...always, ...driving, ...details } };
}

/** Metres between two points of a line. */
const STEP = 5_000;
const MOST_STEPS = 50;

function straightLine(from: Position, to: Position, distance: number): readonly Position[] {
  const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(distance / STEP)));
  const rounded = (degrees: number) => Number(degrees.toFixed(6));
  return Array.from({ length: steps + 1 }, (_, step): Position => {
    const share = step / steps;
    return [
      rounded(from[0] + (to[0] - from[0]) * share),
      rounded(from[1] + (to[1] - from[1]) * share),
    ];
  });
}

import type { Address } from '@aws-sdk/client-geo-places';
import type { Route, RouteLeg } from '@aws-sdk/client-geo-routes';

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** A place, as Amazon knows it. Fields that Amazon does not know are left out. */
export interface LocatedPlace {
  readonly placeId: string;
  readonly title: string;
  readonly label?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly country?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly position?: Position | undefined;
}

interface Stretch {
  readonly metres: number;
  readonly seconds: number;
}

export interface LocatedRoute extends Stretch {
  /** Undefined if Amazon splits the route elsewhere than at the stops, for example at a ferry. */
  readonly legs: readonly Stretch[] | undefined;
  /** Empty unless it was asked for. */
  readonly line: readonly Position[];
}

export function placeOf(item: {
  readonly PlaceId: string | undefined;
  readonly Title: string | undefined;
  readonly Address?: Address | undefined;
  readonly Position?: readonly number[] | undefined;
}): LocatedPlace {
  const { PlaceId = '', Title = '', Address, Position } = item;
  return {
    placeId: PlaceId,
    title: Title,
    label: Address?.Label,
    city: Address?.Locality,
    state: Address?.Region?.Name,
    country: Address?.Country?.Name,
    postalCode: Address?.PostalCode,
    position: positionOf(Position),
  };
}

/** `legs`: how many legs there are if Amazon splits the route only at the stops. */
export function routeOf(route: Route, legs: number, withLine: boolean): LocatedRoute | undefined {
  const all = route.Legs ?? [];
  const stretches = all.flatMap((leg) => stretchOf(leg) ?? []);
  const complete = stretches.length === all.length;
  const whole = wholeOf(route.Summary, complete ? stretches : []);
  if (!whole) return undefined;
  return {
    ...whole,
    legs: complete && all.length === legs ? stretches : undefined,
    line: withLine ? all.flatMap(lineOf) : [],
  };
}

function stretchOf({ VehicleLegDetails, FerryLegDetails }: RouteLeg): Stretch | undefined {
  const overview = (VehicleLegDetails ?? FerryLegDetails)?.Summary?.Overview;
  return stretch(overview?.Distance, overview?.Duration);
}

const stretch = (metres: number | undefined, seconds: number | undefined) =>
  metres === undefined || seconds === undefined ? undefined : { metres, seconds };

function wholeOf(
  summary: { readonly Distance?: number | undefined; readonly Duration?: number | undefined } = {},
  stretches: readonly Stretch[],
): Stretch | undefined {
  const said = stretch(summary.Distance, summary.Duration);
  if (said || stretches.length === 0) return said;
  return stretches.reduce((whole, { metres, seconds }) => ({
    metres: whole.metres + metres,
    seconds: whole.seconds + seconds,
  }));
}

const lineOf = ({ Geometry }: RouteLeg): readonly Position[] =>
  (Geometry?.LineString ?? []).flatMap((point) => positionOf(point) ?? []);

function positionOf([longitude, latitude]: readonly number[] = []): Position | undefined {
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

import {
  GeoPlacesClient,
  ReverseGeocodeCommand,
  SearchTextCommand,
} from '@aws-sdk/client-geo-places';
import { CalculateRoutesCommand, GeoRoutesClient } from '@aws-sdk/client-geo-routes';
import { makeBreaker, type Breaker } from '../circuit-breaker.ts';
import {
  placeOf,
  routeOf,
  type LocatedPlace,
  type LocatedRoute,
  type Position,
} from './location-answers.ts';

/** South, west, north and east of what is searched. */
interface Area {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

interface SearchText {
  readonly text: string;
  readonly near: Position | undefined;
  readonly within: Area;
  /** Three letters. */
  readonly country: string;
  readonly most: number;
}

interface CalculateRoute {
  /** Two at least. */
  readonly points: readonly Position[];
  readonly by: 'Truck' | 'Car';
  readonly withLine: boolean;
}

/** Amazon Location Service: Places and Routes, each behind a circuit of its own. */
export interface Location {
  searchText(asked: SearchText): Promise<readonly LocatedPlace[]>;
  reverseGeocode(position: Position): Promise<LocatedPlace | undefined>;
  calculateRoute(asked: CalculateRoute): Promise<LocatedRoute | undefined>;
}

interface Patience {
  /** The time for a call and its second try together. It is short, because a user is typing. */
  readonly callMs: number;
  readonly failures: number;
  readonly pauseMs: number;
}

const usual: Patience = { callMs: 1500, failures: 3, pauseMs: 20_000 };

/** Amazon must be told that we store the answer, even if only for a day. */
const IntendedUse = 'Storage';
const Language = 'en';

export function openLocation(patience: Patience = usual): Location {
  return new AmazonLocation(patience);
}

class AmazonLocation implements Location {
  readonly #callMs: number;
  readonly #places: GeoPlacesClient;
  readonly #routes: GeoRoutesClient;
  readonly #placesCircuit: Breaker;
  readonly #routesCircuit: Breaker;

  constructor({ callMs, failures, pauseMs }: Patience) {
    // A stuck try is given up early enough for a second try.
    const requestTimeout = Math.ceil(callMs * 0.6);
    const client = {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout, throwOnRequestTimeout: true },
    };
    this.#callMs = callMs;
    this.#places = new GeoPlacesClient(client);
    this.#routes = new GeoRoutesClient(client);
    this.#placesCircuit = makeBreaker({ service: 'geo-places', failures, pauseMs });
    this.#routesCircuit = makeBreaker({ service: 'geo-routes', failures, pauseMs });
  }

  async searchText({ text, near, within, country, most }: SearchText) {
    const { west, south, east, north } = within;
    const command = new SearchTextCommand({
      QueryText: text,
      MaxResults: most,
      // Amazon accepts either a position or a box, not both.
      ...(near && { BiasPosition: written(near) }),
      Filter: {
        IncludeCountries: [country],
        ...(!near && { BoundingBox: [west, south, east, north] }),
      },
      Language,
      IntendedUse,
    });
    const { ResultItems = [] } = await through(this.#placesCircuit, () =>
      this.#places.send(command, this.#inTime()),
    );
    return ResultItems.map(placeOf);
  }

  async reverseGeocode(position: Position) {
    const command = new ReverseGeocodeCommand({
      QueryPosition: written(position),
      MaxResults: 1,
      Language,
      IntendedUse,
    });
    const { ResultItems = [] } = await through(this.#placesCircuit, () =>
      this.#places.send(command, this.#inTime()),
    );
    return ResultItems.map(placeOf)[0];
  }

  async calculateRoute({ points, by, withLine }: CalculateRoute) {
    const [Origin, ...rest] = points.map(written);
    const command = new CalculateRoutesCommand({
      Origin,
      Destination: rest.at(-1),
      Waypoints: rest.slice(0, -1).map((Position) => ({ Position })),
      TravelMode: by,
      LegAdditionalFeatures: ['Summary'],
      LegGeometryFormat: withLine ? 'Simple' : 'FlexiblePolyline',
    });
    const { Routes = [] } = await through(this.#routesCircuit, () =>
      this.#routes.send(command, this.#inTime()),
    );
    return Routes.map((route) => routeOf(route, points.length - 1, withLine))[0];
  }

  #inTime() {
    return { abortSignal: AbortSignal.timeout(this.#callMs) };
  }
}

/** A refused input does not mean that the service is down, so it does not open the circuit. */
async function through<T>(circuit: Breaker, send: () => Promise<T>): Promise<T> {
  const settled = await circuit(async () => {
    try {
      return { answer: await send() };
    } catch (error) {
      if (error instanceof Error && error.name === 'ValidationException') return { refusal: error };
      throw error;
    }
  });
  if ('refusal' in settled) throw settled.refusal;
  return settled.answer;
}

/** Longitude first. */
const written = ({ latitude, longitude }: Position) => [longitude, latitude];

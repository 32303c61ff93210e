import type { FoundAddress, PlaceSuggestion } from '../contract/http/places/routes.ts';
import type { Position } from './position.ts';

interface PlaceQuery {
  readonly query: string;
  readonly near: Position | undefined;
}

export interface RouteQuery {
  /** At least two. */
  readonly points: readonly Position[];
  readonly truckMode: boolean;
  readonly withLine: boolean;
}

/** An address without its position. */
export type Address = Omit<FoundAddress, 'latitude' | 'longitude'>;

interface Stretch {
  readonly distanceKm: number;
  readonly durationMinutes: number;
}

/** A route, in whole kilometres and minutes. */
export interface Way extends Stretch {
  /** One leg from each point to the next. Empty if only the whole route is known. */
  readonly legs: Stretch[];
  /** Empty unless the query asked for it. */
  readonly line: [latitude: number, longitude: number][];
}

/** A source of answers about places. It answers `undefined` if it knows nothing. */
export interface PlacesSource {
  /** At most ten, best first. */
  search(asked: PlaceQuery): Promise<PlaceSuggestion[]>;
  findAddress(position: Position): Promise<Address | undefined>;
  findWay(asked: RouteQuery): Promise<Way | undefined>;
}

/** The most suggestions that a client may ask for. A client that asks for fewer gets the first ones. */
export const mostSuggestions = 10;

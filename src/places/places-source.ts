import type { FoundAddress, PlaceSuggestion } from '../contract/http/places/routes.ts';
import type { Position } from './position.ts';

interface PlaceQuery {
  readonly query: string;
  readonly near: Position | undefined;
}

export interface RouteQuery {
  /** Two at least. */
  readonly points: readonly Position[];
  readonly truckMode: boolean;
  readonly withLine: boolean;
}

/** An address without the position that it was asked for. */
export type Address = Omit<FoundAddress, 'latitude' | 'longitude'>;

interface Stretch {
  readonly distanceKm: number;
  readonly durationMinutes: number;
}

/** A way, in whole kilometres and minutes. */
export interface Way extends Stretch {
  /** From each point to the next; empty where only the whole is known. */
  readonly legs: Stretch[];
  /** Empty unless it was asked for. */
  readonly line: [latitude: number, longitude: number][];
}

/** Who can be asked about places. `undefined` says: there is nothing I know. */
export interface PlacesSource {
  /** Ten at most, best first. */
  search(asked: PlaceQuery): Promise<PlaceSuggestion[]>;
  findAddress(position: Position): Promise<Address | undefined>;
  findWay(asked: RouteQuery): Promise<Way | undefined>;
}

/** As many suggestions as anybody may ask for: whoever wants fewer gets the first of them. */
export const mostSuggestions = 10;

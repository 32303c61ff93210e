import * as z from 'zod';
import { PlaceSuggestion } from '../contract/http/places/routes.ts';
import { india } from '../contract/positions.ts';
import { askPlaces, type PlacesDeps } from './ask-places.ts';
import { roundedTo, written, type Position } from './position.ts';

interface SearchInput {
  readonly query: string;
  readonly biasLat?: number | undefined;
  readonly biasLng?: number | undefined;
  readonly maxResults: number;
}

const Suggestions = z.array(PlaceSuggestion);

/** Places in India that match the typed text, nearer ones first. */
export async function searchPlaces(
  { query, biasLat, biasLng, maxResults }: SearchInput,
  deps: PlacesDeps,
): Promise<PlaceSuggestion[]> {
  const asked = { query: normalised(query), near: biasIn(biasLat, biasLng) };
  const { answer = [] } = await askPlaces(deps, {
    operation: 'search',
    about: `${asked.near ? written(asked.near) : ''}#${asked.query}`,
    answer: Suggestions,
    ask: (source) => source.search(asked),
  });
  return answer.slice(0, maxResults);
}

const normalised = (query: string) =>
  query.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** If the phone reports a position outside India, that position is ignored and the search covers all of India. */
function biasIn(latitude: number | undefined, longitude: number | undefined): Position | undefined {
  if (latitude === undefined || longitude === undefined) return undefined;
  const outside =
    latitude < india.south ||
    latitude > india.north ||
    longitude < india.west ||
    longitude > india.east;
  return outside ? undefined : roundedTo(1)({ latitude, longitude });
}

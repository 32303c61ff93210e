import { addressLabel, gazetteer, type Place } from './gazetteer.ts';
import { greatCircle, type Position } from './great-circle.ts';

export interface Found {
  readonly place: Place;
  /** 0 to 1: how much of what was asked for the place's address contains. */
  readonly score: number;
  /** Metres from the position that was given, where one was. */
  readonly distance: number | undefined;
}

/** Where to look: what lies outside is not found, whatever its name. */
export interface Area {
  readonly circle?: { readonly center: Position; readonly radius: number } | undefined;
  /** West, south, east, north. */
  readonly box?: readonly [number, number, number, number] | undefined;
  /** Two or three letters. */
  readonly countries?: readonly string[] | undefined;
}

/** Below it, an address has too little of the words to be an answer. */
const ENOUGH = 0.5;

/** Each word of the query counts when a word of the address starts with it; best first, then nearest. */
export function findByText(query: string, area: Area, near?: Position): readonly Found[] {
  const asked = wordsOf(query);
  return gazetteer
    .filter((place) => liesIn(place, area))
    .map((place) => ({ place, score: scoreOf(asked, place), ...distanceTo(place, near) }))
    .filter(({ score }) => score >= ENOUGH)
    .toSorted(
      (one, other) =>
        other.score - one.score ||
        titleScore(asked, other.place) - titleScore(asked, one.place) ||
        (one.distance ?? 0) - (other.distance ?? 0) ||
        one.place.id.localeCompare(other.place.id),
    );
}

/** The nearest places, none farther than the radius (metres). */
export function findByPosition(position: Position, radius: number): readonly Found[] {
  return gazetteer
    .map((place) => ({ place, score: 1, distance: greatCircle(position, place.position) }))
    .filter(({ distance }) => distance <= radius)
    .toSorted((one, other) => one.distance - other.distance);
}

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const scoreOf = (asked: readonly string[], place: Place) =>
  shareOf(asked, wordsOf(addressLabel(place)));
const titleScore = (asked: readonly string[], place: Place) => shareOf(asked, wordsOf(place.title));

function shareOf(asked: readonly string[], words: readonly string[]): number {
  if (asked.length === 0) return 0;
  const hits = asked.filter((wanted) => words.some((word) => word.startsWith(wanted)));
  return hits.length / asked.length;
}

const distanceTo = (place: Place, near: Position | undefined) => ({
  distance: near && greatCircle(near, place.position),
});

function liesIn({ position }: Place, { circle, box, countries }: Area): boolean {
  if (countries && !countries.some((code) => ['IN', 'IND'].includes(code.toUpperCase()))) {
    return false;
  }
  if (circle && greatCircle(circle.center, position) > circle.radius) return false;
  if (!box) return true;
  const [west, south, east, north] = box;
  const [longitude, latitude] = position;
  return west <= longitude && longitude <= east && south <= latitude && latitude <= north;
}

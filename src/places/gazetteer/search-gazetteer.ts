import { openGazetteer, type GazetteerPlace } from './gazetteer.ts';
import { greatCircleKm, type Position } from '../position.ts';

/** A place and the words that find it. Each word has a space before it. */
interface Indexed {
  readonly place: GazetteerPlace;
  /** Whole names, for comparison with the whole query. */
  readonly names: readonly string[];
  /** The words of its names, and its PIN code. */
  readonly ownWords: string;
  /** Also the words of its city or district, its state and India. */
  readonly allWords: string;
}

let index: Promise<readonly Indexed[]> | undefined;

const openIndex = () => (index ??= openGazetteer().then((places) => places.map(indexed)));

function indexed(place: GazetteerPlace): Indexed {
  const { name, otherNames, within = '', state, postalCode = '' } = place;
  const names = [name, ...otherNames].map((each) => wordsOf(each).join(' '));
  const ownWords = ` ${[...names, postalCode].join(' ')}`;
  return {
    place,
    names,
    ownWords,
    allWords: `${ownWords} ${wordsOf(`${within} ${state} India`).join(' ')}`,
  };
}

/**
 * Places with a name that has a word beginning with a typed word. Typed words may also name the city, district or state
 * of the place ("whitefield bengaluru"). The best matches come first, then larger and nearer places.
 */
export async function searchGazetteer(
  query: string,
  near: Position | undefined,
  most: number,
): Promise<readonly GazetteerPlace[]> {
  const places = await openIndex();
  const words = wordsOf(query);
  const telling = [...new Set(words.filter(isTelling))].slice(0, MOST_WORDS);
  const wanted = telling.flatMap((word) => wantedIn(places, word));
  return places
    .filter(({ ownWords }) => wanted.some(({ start }) => ownWords.includes(start)))
    .map((each) => ({ place: each.place, match: matchOf(each, words.join(' '), wanted) }))
    .filter(({ match }) => match >= HALF)
    .map(({ place, match }) => ({ place, match, pull: pullOf(place, near) }))
    .toSorted(
      (one, other) =>
        other.match - one.match ||
        other.pull - one.pull ||
        one.place.id.localeCompare(other.place.id),
    )
    .slice(0, most)
    .map(({ place }) => place);
}

/** The nearest place, and its distance. */
export async function nearestPlace(
  position: Position,
): Promise<{ readonly place: GazetteerPlace; readonly km: number } | undefined> {
  let nearest: { place: GazetteerPlace; km: number } | undefined;
  for (const place of await openGazetteer()) {
    const closeEnough = nearest?.km ?? Infinity;
    // A degree of latitude is 111 km, so a subtraction is enough to rule out most places.
    if (Math.abs(place.latitude - position.latitude) * 111 > closeEnough) continue;
    const km = greatCircleKm(position, place);
    if (km < closeEnough) nearest = { place, km };
  }
  return nearest;
}

/** A word of the query and its weight. A word in many places' names, like "road", has a low weight. */
interface Wanted {
  readonly start: string;
  readonly weight: number;
}

/** The gazetteer has PIN codes, which have six digits, but no house or street numbers. */
const isTelling = (word: string) => !/^\d{1,5}$/.test(word);

/** Each word is searched for in every place. More words than this would take time and not improve the result. */
const MOST_WORDS = 10;

/** A word that no place has is ignored, so that the rest of the address can still match. */
function wantedIn(places: readonly Indexed[], word: string): readonly Wanted[] {
  const start = ` ${word}`;
  const holders = places.filter(({ allWords }) => allWords.includes(start));
  if (holders.length === 0) return [];
  const namesakes = holders.filter(({ ownWords }) => ownWords.includes(start)).length;
  return [{ start, weight: 1 / Math.log2(2 + namesakes) }];
}

/** A place that matches less than half of the query is not the place that was meant. */
const HALF = 0.5;

/** The share of the query's weight that the place matches, plus a bonus if the query is a name or the start of one. */
function matchOf({ names, allWords }: Indexed, typed: string, wanted: readonly Wanted[]): number {
  const fitting = wanted.filter(({ start }) => allWords.includes(start));
  const share = weightOf(fitting) / weightOf(wanted);
  if (names.includes(typed)) return share + 0.2;
  return names.some((name) => name.startsWith(typed)) ? share + 0.1 : share;
}

const weightOf = (wanted: readonly Wanted[]) =>
  wanted.reduce((whole, { weight }) => whole + weight, 0);

/** The population, in thousands, that a part of a city counts as. It is listed because people use its name. */
const KNOWN_BY_NAME = 50;

/** How likely this place is meant. Being ten times as large counts as much as being ten times as near. */
function pullOf(place: GazetteerPlace, near: Position | undefined): number {
  const size = Math.log10(1 + (place.population || (place.postalCode ? KNOWN_BY_NAME : 0)));
  return near ? size - Math.log10(10 + greatCircleKm(near, place)) : size;
}

/** Removes Latin accents and case, which people do not type. They do type the vowel signs of Indian scripts. */
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);

import { openGazetteer, type GazetteerPlace } from './gazetteer.ts';
import { greatCircleKm, type Position } from '../position.ts';

/** A place with the words by which it is found, each with a space before it. */
interface Indexed {
  readonly place: GazetteerPlace;
  /** Whole names, to be compared with the whole query. */
  readonly names: readonly string[];
  /** Of its names, and its PIN code. */
  readonly ownWords: string;
  /** Also of where it is. */
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
 * Places one of whose names begins, word by word, with what is typed; words may also be of where the place
 * is ("whitefield bengaluru"). Best match first, then the larger and nearer ones.
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

/** The place that is nearest, and how far away it is. */
export async function nearestPlace(
  position: Position,
): Promise<{ readonly place: GazetteerPlace; readonly km: number } | undefined> {
  let nearest: { place: GazetteerPlace; km: number } | undefined;
  for (const place of await openGazetteer()) {
    const closeEnough = nearest?.km ?? Infinity;
    // A degree of latitude is 111 km: most places need no more than a subtraction.
    if (Math.abs(place.latitude - position.latitude) * 111 > closeEnough) continue;
    const km = greatCircleKm(position, place);
    if (km < closeEnough) nearest = { place, km };
  }
  return nearest;
}

/** A word of the query, and what it tells: little where many places have it in their names, like "road". */
interface Wanted {
  readonly start: string;
  readonly weight: number;
}

/** The numbers of houses and streets are in no gazetteer; a PIN code is. */
const isTelling = (word: string) => !/^\d{1,5}$/.test(word);

/** Every word is looked for in every place: what comes after these adds time and no sense. */
const MOST_WORDS = 10;

/** Nothing for a word that nobody has: the rest of an address is an answer, too. */
function wantedIn(places: readonly Indexed[], word: string): readonly Wanted[] {
  const start = ` ${word}`;
  const holders = places.filter(({ allWords }) => allWords.includes(start));
  if (holders.length === 0) return [];
  const namesakes = holders.filter(({ ownWords }) => ownWords.includes(start)).length;
  return [{ start, weight: 1 / Math.log2(2 + namesakes) }];
}

/** Less than half of what was said is somewhere else. */
const HALF = 0.5;

/** The share of what was said that fits, and a little for a name that is just what was typed. */
function matchOf({ names, allWords }: Indexed, typed: string, wanted: readonly Wanted[]): number {
  const fitting = wanted.filter(({ start }) => allWords.includes(start));
  const share = weightOf(fitting) / weightOf(wanted);
  if (names.includes(typed)) return share + 0.2;
  return names.some((name) => name.startsWith(typed)) ? share + 0.1 : share;
}

const weightOf = (wanted: readonly Wanted[]) =>
  wanted.reduce((whole, { weight }) => whole + weight, 0);

/** Thousands of people that a part of a city counts as: it is there because people name it. */
const KNOWN_BY_NAME = 50;

/** How likely it is meant: ten times as large weighs as much as ten times as near. */
function pullOf(place: GazetteerPlace, near: Position | undefined): number {
  const size = Math.log10(1 + (place.population || (place.postalCode ? KNOWN_BY_NAME : 0)));
  return near ? size - Math.log10(10 + greatCircleKm(near, place)) : size;
}

/** Strokes and case are not typed; the vowel signs of Indian scripts are, and stay. */
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);

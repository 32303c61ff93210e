import * as fc from 'fast-check';
import * as z from 'zod';
import { vehicleTypes } from '../../src/catalogue/vehicle-types.ts';
import { NewOrder } from '../../src/contract/http/orders/views.ts';
import { india } from '../../src/contract/positions.ts';
import { documentedOrder } from './worlds/order-world.ts';

/** An order that nobody can mean, and the field that its refusal must name; `''` is the body as a whole. */
export interface Malformed {
  readonly what: string;
  readonly body: string;
  readonly paths: readonly string[];
}

type Step = string | number;
type Value = unknown;

/** One thing that is wrong: what stands where. */
interface Mistake {
  readonly what: string;
  readonly at: readonly Step[];
  readonly value: Value;
  /** Where it is told, if not there. */
  readonly told?: string;
}

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const schema = z.toJSONSchema(NewOrder, { io: 'input' }) as Schema;

const absent = Symbol('absent');
/** JSON can say a number that is larger than any. */
const endless = { '+': '<endless>', '-': '<minus endless>' } as const;

const noida = { address: 'Sector 18, Noida', city: 'Noida', state: 'Uttar Pradesh' };
const delhi = { address: 'Connaught Place', city: 'New Delhi', state: 'Delhi' };
const at = { pickup: [28.5355, 77.391], drop: [28.6139, 77.209] } as const;
const requirement = { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace', quantity: 1 };

/** Orders as they can be meant: as documented, with everything, and with each spelling of a position. */
export const meantOrders = {
  documented: documentedOrder,
  full: {
    pickup: { latitude: at.pickup[0], longitude: at.pickup[1], ...noida },
    drop: { latitude: at.drop[0], longitude: at.drop[1], ...delhi },
    distanceKm: 25.4,
    routePoints: [
      { type: 'PICKUP', latitude: at.pickup[0], longitude: at.pickup[1], ...noida },
      { type: 'STOP', latitude: 28.58, longitude: 77.3, address: 'Mayur Vihar' },
      { type: 'stop', latitude: 28.6, longitude: 77.25, address: 'Akshardham', city: 'Delhi' },
      { type: 'DROP', latitude: at.drop[0], longitude: at.drop[1], ...delhi },
    ],
    vehicleRequirements: [
      { ...requirement, pricePerTruck: 900 },
      { vehicleType: 'open', vehicleSubtype: '17 Feet', quantity: 2, pricePerTruck: 9000 },
    ],
    goodsType: 'General',
    cargoWeightKg: 900,
    // For now: an order for later is not taken.
    scheduledAt: '2026-01-31T10:00:00+05:30',
  },
  'with coordinates': {
    ...documentedOrder,
    pickup: { coordinates: { latitude: at.pickup[0], longitude: at.pickup[1] }, ...noida },
    drop: { coordinates: { latitude: at.drop[0], longitude: at.drop[1] }, ...delhi },
  },
  'with lat and lng': {
    ...documentedOrder,
    pickup: { lat: at.pickup[0], lng: at.pickup[1], ...noida },
    drop: { lat: at.drop[0], lng: at.drop[1], ...delhi },
  },
} as const;

/** Every mistake that the contract's schema lets one think of, one at a time, in every order that can be meant. */
export function malformedOrders(): readonly Malformed[] {
  return Object.entries<object>(meantOrders).flatMap(([name, order]) =>
    mistakesIn(schema, order, []).map((mistake) => malformed(name, order, [mistake])),
  );
}

/** Two mistakes at a time, in different fields: both are told. */
export function twiceMalformedOrders(count: number, seed: number): readonly Malformed[] {
  const mistakes = mistakesIn(schema, meantOrders.full, []).filter(
    ({ told, at: [field] }) => told === undefined && field !== undefined,
  );
  const pair = fc
    .tuple(fc.constantFrom(...mistakes), fc.constantFrom(...mistakes))
    .filter(([one, two]) => one.at[0] !== two.at[0]);
  return fc
    .sample(pair, { numRuns: count, seed })
    .map((both) => malformed('full', meantOrders.full, both));
}

/** Bodies that are no JSON object, or end too early. */
export function brokenBodies(count: number, seed: number): readonly Malformed[] {
  const whole = JSON.stringify(meantOrders.full);
  const lengths = fc.sample(fc.integer({ min: 1, max: whole.length - 1 }), {
    numRuns: count,
    seed,
  });
  const bodies = {
    'a list': `[${whole}]`,
    'a text': JSON.stringify(whole),
    'a plain word': 'order',
    'a number': '7',
    null: 'null',
    true: 'true',
    'two objects': whole + whole,
    'a comma too many': whole.replace(/\}$/, ',}'),
    'single quotes': whole.replaceAll('"', "'"),
    'a byte order mark': `\uFEFF${whole}`,
    'a form': 'pickup=Noida&drop=Delhi',
    NaN: whole.replace('25.4', 'NaN'),
    Infinity: whole.replace('25.4', 'Infinity'),
    'a bare control character': whole.replace('General', 'Gen\u0007eral'),
    'lists without end': `${'['.repeat(5000)}${']'.repeat(5000)}`,
    'objects without end': `${'{"pickup":'.repeat(5000)}1${'}'.repeat(5000)}`,
    'an address too deep': whole.replace('"Mayur Vihar"', `${'['.repeat(40)}${']'.repeat(40)}`),
  };
  return [
    ...Object.entries(bodies).map(([what, body]) => ({ what, body, paths: [''] })),
    ...lengths.map((length) => ({
      what: `cut off after ${length} characters`,
      body: whole.slice(0, length),
      paths: [''],
    })),
  ];
}

/** Well formed, and yet nothing that can be driven, or not at that price: these are found out in the use case. */
export function unservableOrders(): readonly (Malformed & { readonly code: string })[] {
  const order = meantOrders.documented;
  const change = (what: string, path: string, fields: object, code = 'VALIDATION_ERROR') => ({
    what,
    body: JSON.stringify({ ...order, ...fields }),
    paths: [path],
    code,
  });
  const asked = (fields: object) => ({
    vehicleRequirements: [
      { ...requirement, pricePerTruck: 900 },
      { ...requirement, pricePerTruck: 900, ...fields },
    ],
  });
  const { latitude, longitude } = order.pickup;
  const near = { ...order.drop, latitude: latitude + 0.004, longitude };
  const types = ['rocket', 'BOAT', 'mini open', '7', '🚚', '__proto__', 'constructor', 'null'];
  return [
    change('a drop at the pickup', 'drop', { drop: order.pickup }),
    change('a drop 445 m from the pickup', 'drop', { drop: near }),
    ...types.map((vehicleType) =>
      change(
        `the type ${vehicleType}`,
        'vehicleRequirements.1.vehicleType',
        asked({ vehicleType }),
      ),
    ),
    ...vehicleTypes.flatMap(({ id: vehicleType, floor }) => [
      ...['99 Feet', 'none', '🚚', 'toString'].map((vehicleSubtype) =>
        change(
          `the ${vehicleType} ${vehicleSubtype}`,
          'vehicleRequirements.1.vehicleSubtype',
          asked({ vehicleType, vehicleSubtype }),
        ),
      ),
      ...[1, floor - 1].map((pricePerTruck) =>
        change(
          `a ${vehicleType} for ${pricePerTruck}`,
          'vehicleRequirements.1.pricePerTruck',
          asked({ ...kindOfType(vehicleType), pricePerTruck }),
          'PRICE_TOO_LOW',
        ),
      ),
    ]),
  ];
}

function kindOfType(vehicleType: string) {
  const vehicleSubtype = vehicleTypes.find(({ id }) => id === vehicleType)?.subtypes[0]?.name;
  return { vehicleType, vehicleSubtype };
}

function malformed(name: string, order: object, mistakes: readonly Mistake[]): Malformed {
  const wrong = mistakes.reduce<object>((made, mistake) => withMistake(made, mistake), order);
  const body = JSON.stringify(wrong)
    .replaceAll(JSON.stringify(endless['+']), '1e999')
    .replaceAll(JSON.stringify(endless['-']), '-1e999');
  return {
    what: `${name}: ${mistakes.map(({ what }) => what).join(', and ')}`,
    body,
    paths: mistakes.map(({ at: path, told }) => told ?? path.join('.')),
  };
}

function withMistake(order: object, { at: path, value }: Mistake): object {
  const made = structuredClone(order);
  let place = made as Record<Step, Value>;
  for (const step of path.slice(0, -1)) place = place[step] as Record<Step, Value>;
  const last = path.at(-1) ?? '';
  if (value === absent) delete place[last];
  else place[last] = value;
  return made;
}

function mistakesIn(described: Schema, value: Value, path: readonly Step[]): readonly Mistake[] {
  const { properties = {}, required = [], items } = described;
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    const here = [...path, name];
    const there = (value as Record<string, Value>)[name];
    const missing = required.includes(name) ? missed(here) : [];
    const wrong = wrongValues(name, field, there).map(([what, instead, told]) => ({
      what: `${here.join('.')} ${what}`,
      at: here,
      value: instead,
      ...(told !== undefined && { told }),
    }));
    return [...missing, ...wrong, ...(there === undefined ? [] : mistakesIn(field, there, here))];
  });
  const list = Array.isArray(value) && items ? (value as readonly Value[]) : [];
  const ends = [...new Set([0, list.length - 1])].filter((i) => list[i] !== undefined);
  const inItems = ends.flatMap((i) => {
    const here = [...path, i];
    const wrong = wrongTypes(items?.type).map((instead) => ({
      what: `${here.join('.')} is ${JSON.stringify(instead)}`,
      at: here,
      value: instead,
    }));
    const nothing = { what: `${here.join('.')} is null`, at: here, value: null };
    return [...wrong, nothing, ...mistakesIn(items ?? {}, list[i], here)];
  });
  return [...fields, ...inItems, ...(isPlace(properties) ? nowhere(value, path) : [])];
}

function missed(path: readonly Step[]): readonly Mistake[] {
  const name = path.join('.');
  return [
    { what: `${name} is missing`, at: path, value: absent },
    { what: `${name} is null`, at: path, value: null },
  ];
}

const isPlace = (properties: object) => 'latitude' in properties && 'address' in properties;

/** Which of its fields would have been needed is told by the names that are documented. */
function nowhere(value: Value, path: readonly Step[]): readonly Mistake[] {
  const known = value as object;
  const {
    latitude: _,
    longitude: __,
    lat: ___,
    lng: ____,
    coordinates: _____,
    ...rest
  } = known as Record<string, Value>;
  const told = [...path, 'latitude'].join('.');
  return [
    { what: `${path.join('.')} is nowhere`, at: path, value: rest, told },
    {
      what: `${path.join('.')} has empty coordinates`,
      at: path,
      value: { ...rest, coordinates: {} },
      told,
    },
  ];
}

type Wrong = readonly [what: string, instead: Value, told?: string];

function wrongValues(name: string, field: Schema, there: Value): readonly Wrong[] {
  return [
    ...wrongTypes(field.type).map((value): Wrong => [`is ${JSON.stringify(value)}`, value]),
    ...outOfBounds(field, there),
    ...(there === undefined ? [] : offTheMap(name)),
  ];
}

function wrongTypes(type: string | undefined): readonly Value[] {
  const values: Readonly<Record<string, Value>> = { string: 'text', number: 7, boolean: true };
  const lists = [[], ['text'], [{}]];
  const scalars = Object.entries(values).flatMap(([kind, value]) => {
    const fits = kind === type || (kind === 'number' && type === 'integer');
    return fits ? [] : [value];
  });
  const numeric = type === 'number' || type === 'integer' ? ['7', '', '1e3', 'NaN'] : [];
  return [
    ...scalars,
    ...numeric,
    ...(type === 'array' ? [] : lists),
    ...(type === 'object' ? [] : [{}, { 0: 'text', length: 1 }]),
  ];
}

function outOfBounds(field: Schema, there: Value): readonly Wrong[] {
  const { type, minimum = -Infinity, maximum = Infinity } = field;
  if (type === 'string') return wrongTexts(field);
  if (type === 'array') return wrongLengths(field, there);
  if (type !== 'number' && type !== 'integer') return [];
  const numbers = [minimum - 1, maximum + 1, 0, -1, -7.5, 1e21, 1e308, 2 ** 31, 2 ** 53];
  const outside = numbers.filter(
    (number) => Number.isFinite(number) && (number < minimum || number > maximum),
  );
  const fractional = type === 'integer' ? [1.5, 2.000001] : [];
  return [
    ...[...new Set([...outside, ...fractional])].map((value): Wrong => [`is ${value}`, value]),
    ['has no end', endless['+']],
    ['has no end below', endless['-']],
  ];
}

function wrongTexts({ maxLength, format }: Schema): readonly Wrong[] {
  const unkeepable: readonly Wrong[] = [
    ['has a NUL', 'a\0b'],
    ['has half a character', 'a\uD83D'],
    ['has the other half of a character', '\uDE9Ab'],
    ['has what Unicode has set aside', 'a\uFFFE'],
    ['has that of the last plane', 'a\u{10FFFF}b'],
  ];
  if (format === 'date-time') {
    return [...wrongTimes.map((time): Wrong => [`is ${time}`, time]), ...unkeepable];
  }
  if (maxLength === undefined) {
    const words = ['sideways', '', 'stop ', 'PICK-UP', 'toString'];
    return [...words.map((word): Wrong => [`is ${word}`, word]), ...unkeepable];
  }
  return [
    ['is empty', ''],
    ['is only spaces', ' \t\n '],
    ['is one too long', 'x'.repeat(maxLength + 1)],
    ['is far too long', 'x'.repeat(20_000)],
    ['rings a bell', 'a\u0007b'],
    ['clears the screen', 'a\u001B[2Jb'],
    ['has a C1 control', 'a\u0085b'],
    ...unkeepable,
  ];
}

const wrongTimes = [
  '',
  'tomorrow',
  '2027-01-31',
  '10:00',
  '31/01/2027 10:00',
  '2027-01-31 10:00:00Z',
  '2027-01-31T10:00:00',
  '2027-01-31T10:00Z',
  '2027-02-29T10:00:00Z',
  '2027-02-30T10:00:00Z',
  '2027-13-01T10:00:00Z',
  '2027-01-31T24:00:00Z',
  '2027-01-31T10:60:00Z',
  '2027-01-31T10:00:00+99:00',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+10:00',
  '1999-12-31T23:59:59Z',
  '9999-12-31T23:59:59-10:00',
  '+010000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '1769851800000',
];

function wrongLengths({ minItems = 0, maxItems = Infinity }: Schema, there: Value) {
  const [first] = Array.isArray(there) ? (there as readonly Value[]) : [];
  const few: readonly Wrong[] = minItems > 0 ? [['is empty', []]] : [];
  const many: readonly Wrong[] =
    first === undefined || maxItems === Infinity
      ? []
      : [[`has ${maxItems + 1} items`, Array.from({ length: maxItems + 1 }, () => first)]];
  return [...few, ...many, ...tooManyTrucks(first)];
}

/** 51 of them, in lines that are each in order. */
function tooManyTrucks(first: Value): readonly Wrong[] {
  if (typeof first !== 'object' || first === null || !('quantity' in first)) return [];
  const trucks = (...quantities: readonly number[]) =>
    quantities.map((quantity) => ({ ...first, quantity }));
  return [
    ['asks for 51 trucks', trucks(20, 20, 11)],
    ['asks for 1000 trucks', trucks(...Array.from({ length: 50 }, () => 20))],
  ];
}

/** Off India, off the globe. */
function offTheMap(name: string): readonly Wrong[] {
  const { south, north, west, east } = india;
  const outside =
    name === 'latitude' || name === 'lat'
      ? [south - 0.01, north + 0.01, 0, -28.5, 90.1, -91, 1e308]
      : name === 'longitude' || name === 'lng'
        ? [west - 0.01, east + 0.01, 0, -77.3, 180.1, -181, 1e308]
        : [];
  return outside.map((value) => [`is ${value}`, value]);
}

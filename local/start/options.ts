import { parseArgs } from 'node:util';
import { cities, type CityName } from '../../city/world/parameters.ts';

export interface StartOptions {
  readonly port: number;
  readonly reset: boolean;
  readonly rateLimits: boolean;
  readonly watch: boolean;
  /**
   * Every line on stdout is an object of JSON, but for the one that begins with `ready `: whoever starts
   * us waits for that, in either form. Errors are sentences on stderr.
   */
  readonly json: boolean;
  /** Where data is kept, when not in the repository. */
  readonly data: string | undefined;
  /** Whose captains live in the stage. */
  readonly city: CityStart | undefined;
}

interface CityStart {
  readonly city: CityName;
  readonly captains: number;
  readonly seed: number;
  /** Seconds between two orders of the city's own customers. */
  readonly orders: number | undefined;
  /** The file into which what each client of the city hears is written. */
  readonly heard: string | undefined;
}

const USAGE =
  'npm start -- [--reset] [--rate-limits off] [--watch] [--json] [--data <folder>] [--city <name> [--captains <n>] [--seed <n>] [--orders <every s>] [--heard <file>]], and PORT in the environment';
const MOST_CAPTAINS = 1000;

/** What was asked for on the command line, or a sentence on how to ask. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args);
  const rateLimits = values['rate-limits'];
  if (rateLimits !== 'on' && rateLimits !== 'off') {
    throw new Error(`--rate-limits is on or off, not ${rateLimits}: ${USAGE}.`);
  }
  return {
    port: portOf(environment['PORT']),
    reset: values.reset,
    rateLimits: rateLimits === 'on',
    watch: values.watch,
    json: values.json,
    data: values.data,
    city: cityIn(values),
  };
}

/** What is said of a city makes sense with one alone. */
const OF_CITY = ['captains', 'seed', 'orders', 'heard'] as const;

function cityIn(values: ReturnType<typeof parse>): CityStart | undefined {
  const { city, captains, seed, orders, heard } = values;
  if (city === undefined) {
    const [alone] = OF_CITY.filter((name) => values[name] !== undefined);
    if (alone !== undefined) throw new Error(`--${alone} needs a --city: ${USAGE}.`);
    return undefined;
  }
  const name = Object.keys(cities).find((each): each is CityName => each === city.toLowerCase());
  if (!name) {
    throw new Error(`There is no city ${city}, only ${Object.keys(cities).join(', ')}.`);
  }
  return {
    city: name,
    captains: wholeNumber('captains', captains ?? '40', { least: 1, most: MOST_CAPTAINS }),
    seed: wholeNumber('seed', seed ?? '1', { least: 0, most: Number.MAX_SAFE_INTEGER }),
    orders: orders === undefined ? undefined : secondsIn(orders),
    heard,
  };
}

function wholeNumber(name: string, text: string, { least, most }: Range): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}: ${USAGE}.`);
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function secondsIn(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new Error(`--orders is a number of seconds from 0.1 to 3600, not ${text}: ${USAGE}.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        reset: { type: 'boolean', default: false },
        'rate-limits': { type: 'string', default: 'on' },
        watch: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        city: { type: 'string' },
        captains: { type: 'string' },
        seed: { type: 'string' },
        orders: { type: 'string' },
        heard: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    const [what] = (cause instanceof Error ? cause.message : String(cause)).split('.');
    throw new Error(`${what}: ${USAGE}.`, { cause });
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is a number from 0 to 65535, not "${text}".`);
}

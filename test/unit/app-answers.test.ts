import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { core, twins } from '../support/apps/endpoints.ts';
import { FieldsSeen } from '../support/apps/fields.ts';
import { Refusal } from '../support/apps/refusals.ts';
import { Entries, Maybe, samples } from '../support/apps/samples.ts';

type Fields = Readonly<Record<string, unknown>>;
/** What was done to an answer, and what became of it. */
type Mutant = readonly [what: string, answer: unknown];

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;
const words = ['status', 'role'];

/** The sample as it travels, with a value wherever one may be, or with null there. */
function written(sample: unknown, empty = false): unknown {
  if (sample instanceof Maybe) return empty ? null : written(sample.value, empty);
  if (sample instanceof Entries) return written(sample.entries, empty);
  if (Array.isArray(sample)) return sample.map((each) => written(each, empty));
  if (typeof sample !== 'object' || sample === null) return sample;
  return Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [name, written(value, empty)]),
  );
}

/** Every way to spoil one value of a sample. */
function mutantsOf(sample: unknown, name = ''): readonly Mutant[] {
  if (sample instanceof Maybe) return spoilt(sample.value, name);
  return [['null', null], ...spoilt(sample, name)];
}

function spoilt(sample: unknown, name: string): readonly Mutant[] {
  if (sample instanceof Entries) return [['a text', 'text'], ...within(sample.entries)];
  if (Array.isArray(sample)) return [['an object', {}], ...inList(sample)];
  if (typeof sample === 'number') return spoiltNumber(sample);
  if (typeof sample === 'string') return spoiltText(sample, name);
  if (typeof sample === 'boolean')
    return [
      ['a number', Number(sample)],
      ['a text', String(sample)],
    ];
  const fields = sample as Fields;
  const dropped = Object.keys(fields).map((each): Mutant => {
    const { [each]: _, ...rest } = fields;
    return [`without ${each}`, written(rest)];
  });
  return [['a list', []], ['a text', 'text'], ...dropped, ...within(fields)];
}

const within = (fields: Fields) =>
  Object.entries(fields).flatMap(([name, value]) =>
    mutantsOf(value, name).map(([what, mutant]): Mutant => {
      const whole = written(fields) as Fields;
      return [`${name}: ${what}`, { ...whole, [name]: mutant }];
    }),
  );

/** The elements of a list are alike: the first one stands for all. */
const inList = ([first, ...rest]: readonly unknown[]) =>
  first === undefined
    ? []
    : mutantsOf(first).map(([what, mutant]): Mutant => [
        `[0]: ${what}`,
        [mutant, ...rest.map((each) => written(each))],
      ]);

function spoiltNumber(sample: number): readonly Mutant[] {
  const spoils: Mutant[] = [['a text', String(sample)]];
  if (Number.isInteger(sample)) spoils.push(['a fraction', sample + 0.5]);
  if (sample > 1_000_000_000_000) spoils.push(['seconds', Math.round(sample / 1000)]);
  return spoils;
}

function spoiltText(sample: string, name: string): readonly Mutant[] {
  const spoils: Mutant[] = [
    ['a number', 7],
    ['an object', {}],
  ];
  if (words.includes(name) && sample !== 'DRIVER')
    spoils.push(['in capitals', sample.toUpperCase()]);
  if (!instant.test(sample)) return spoils;
  return [
    ...spoils,
    ['without milliseconds', sample.replace('.000', '')],
    ['with microseconds', sample.replace('.000', '.000000')],
    ['with an offset', sample.replace('Z', '+00:00')],
    ['without a zone', sample.replace('Z', '')],
    ['milliseconds', Date.parse(sample)],
  ];
}

const endpoints = { ...core, ...twins };

test('every endpoint has a sample, as the tables have it', () =>
  expect(Object.keys(samples).toSorted()).toEqual(Object.keys(endpoints).toSorted()));

describe.each(Object.entries(endpoints))('the checker of %s', (name, { answer }) => {
  const sample = samples[name];
  const takes = (whole: unknown) => answer.safeParse(whole).success;

  test.each([
    ['all that there may be', false],
    ['null where there may be nothing', true],
  ])('takes %s', (_, empty) =>
    expect(answer.safeParse(written(sample, empty)).error?.issues).toBeUndefined(),
  );

  test('catches every field that is missing or null, of another type, or in another unit', () => {
    const mutants = mutantsOf(sample);
    expect(mutants.length).toBeGreaterThan(3);
    expect(mutants.filter(([, whole]) => takes(whole)).map(([what]) => what)).toEqual([]);
  });

  test('catches an error in an answer that is none', () =>
    expect(takes({ ...(written(sample) as Fields), error: { code: 'X' } })).toBe(false));
});

test('the spoilt answers are many, and of every kind', () => {
  const all = Object.values(samples).flatMap((sample) => mutantsOf(sample));
  const counted = (what: RegExp) => all.filter(([each]) => what.test(each)).length;
  expect(all.length).toBeGreaterThan(4000);
  for (const what of [/without/, /null$/, /a fraction$/, /seconds$/, /without milliseconds$/])
    expect(counted(what), what.source).toBeGreaterThan(10);
});

describe('the checker of a refusal', () => {
  const error = { code: 'OTP_COOLDOWN', message: 'Please wait.', requestId: 'r1' };
  const takes = (changed: Fields, beside: Fields = {}) =>
    Refusal.safeParse({ success: false, error: { ...error, ...changed }, ...beside }).success;

  test('takes one', () => expect(takes({ retryAfterMs: 30_000 })).toBe(true));

  test.each<[string, Fields, Fields?]>([
    ['a success', {}, { success: true }],
    ['an error that is a text', {}, { error: 'OTP_COOLDOWN' }],
    ['no code', { code: undefined }],
    ['a code in small letters', { code: 'otp_cooldown' }],
    ['no message', { message: null }],
    ['an empty message', { message: '' }],
    ['a message that is the code', { message: 'OTP_COOLDOWN' }],
    ['no request id', { requestId: undefined }],
    ['a wait with a fraction', { retryAfterMs: 0.5 }],
    ['a wait of nothing', { retryAfterMs: 0 }],
    ['a wait that is a text', { retryAfterMs: '30000' }],
    ['details that say nothing', { details: [] }],
  ])('catches %s', (_, changed, beside) => expect(takes(changed, beside)).toBe(false));
});

test('a field that may be null is seen where an answer has it, wherever else it stands', () => {
  const [city, speed, note] = [
    new Maybe('Noida'),
    new Maybe({ kmh: new Maybe(50) }),
    new Maybe(''),
  ];
  const fields = new FieldsSeen();
  fields.read({ trucks: [{ city, speed }] }, [{ trucks: [] }, { trucks: [{ city: null }] }], 'a');
  expect(fields.alwaysNull()).toEqual([
    'a.trucks[].city',
    'a.trucks[].speed',
    'a.trucks[].speed.kmh',
  ]);
  fields.read(new Entries({ x: { city, note } }), [{ y: { city: 'Delhi', note: null } }], 'b');
  expect(fields.alwaysNull()).toEqual(['a.trucks[].speed', 'a.trucks[].speed.kmh', 'b{}.note']);
});

test('the checker is made from the tables alone: it reads nothing of ours', async () => {
  const folder = new URL('../support/apps/', import.meta.url);
  const tables = await readdir(new URL('answers', folder));
  const files = ['answers.ts', 'app.ts', 'endpoints.ts', 'refusals.ts', 'samples.ts'].concat(
    tables.map((name) => `answers/${name}`),
  );
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const imported = sources.flatMap((source) =>
    [...source.matchAll(/ from '([^']+)'/g)].map(([, from = '']) => from),
  );
  expect(imported).toContain('zod');
  expect(imported.filter((from) => !/^(zod|vitest|\.\/[\w/-]+\.ts)$/.test(from))).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { events as declaredEvents } from '../../src/contract/events/events.ts';
import type { Route } from '../../src/contract/http/route.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { socketActions, socketAnswers } from '../../src/contract/socket/actions.ts';
import { type SocketAnswer } from '../../src/contract/socket/protocol.ts';
import { ErrorBody } from '../../src/contract/wire.ts';

type Schema = z.core.JSONSchema.BaseSchema | boolean;

/** The fields that an answer of this schema may leave out, wherever in it they are. */
function absentFrom(schema: z.ZodType, name: string): string[] {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'output' });
  const named = Object.entries($defs).flatMap(([id, each]) => absentIn(each, id));
  return [...absentIn(root, name), ...named];
}

function absentIn(schema: Schema, path: string): string[] {
  if (typeof schema === 'boolean') return [];
  const { properties = {}, required = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, field]) => [
    ...(required.includes(name) && !isAnything(field) ? [] : [`${path}.${name}`]),
    ...absentIn(field, `${path}.${name}`),
  ]);
  return [...own, ...partsOf(schema).flatMap(([suffix, part]) => absentIn(part, path + suffix))];
}

function partsOf(schema: Exclude<Schema, boolean>): (readonly [string, Schema])[] {
  const { items = [], prefixItems = [], additionalProperties = false } = schema;
  const forms = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((each = []) => each);
  return [
    ...forms.map((form) => ['', form] as const),
    ...prefixItems.map((item, i) => [`[${i}]`, item] as const),
    ...[items].flat().map((item) => ['[]', item] as const),
    ['{}', additionalProperties],
  ];
}

/** Also nothing at all, though zod calls it required. */
const isAnything = (schema: Schema) => Object.keys(schema).every((key) => key === 'description');

const declared: readonly Route[] = routes;
const events: readonly SocketAnswer[] = [
  ...socketActions.map(({ answer }) => answer),
  ...socketAnswers,
  ...declaredEvents.map(({ name, summary, data }) => ({ event: name, summary, data })),
];
const answers: readonly (readonly [string, z.ZodType])[] = [
  ...declared.flatMap(({ id, responses }) =>
    Object.entries(responses).map(([status, { schema }]) => [`${id} ${status}`, schema] as const),
  ),
  ...events.flatMap(({ event, data }) => (data ? [[`event ${event}`, data] as const] : [])),
  ['Error', ErrorBody],
];

/** Why a field may be absent all the same. */
const excused: Readonly<Record<string, string>> = Object.fromEntries(
  ['Error.error', 'event error'].flatMap((error) =>
    ['details', 'retryAfterMs', 'data'].map((fact) => [
      `${error}.${fact}`,
      'A refusal says what there is to say of it; the apps expect nothing else.',
    ]),
  ),
);

/** The apps' parser leaves null what is absent, whatever its type says: they fail where they first use it. */
test.each(answers)('%s always has every field that it lists', (name, schema) =>
  expect(absentFrom(schema, name).filter((path) => !(path in excused))).toEqual([]),
);

test('every exception is still needed', () => {
  const absent = new Set(answers.flatMap(([name, schema]) => absentFrom(schema, name)));
  expect(Object.keys(excused).filter((path) => !absent.has(path))).toEqual([]);
});

describe('a field that may be absent is seen', () => {
  const text = z.string();
  const maybe = z.object({ a: text.optional() });
  const kinds = [
    z.object({ kind: z.literal('x') }),
    z.object({ kind: z.literal('y'), a: text.optional() }),
  ] as const;
  interface Tree {
    readonly children: readonly Tree[];
    readonly name?: string | undefined;
  }
  const Tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ children: z.array(Tree), name: text.optional() }),
  );

  test.each<[string, z.ZodType, string[]]>([
    ['as such', maybe, ['.a']],
    ['where it may be null, too', z.object({ a: text.nullish() }), ['.a']],
    ['where it may not be undefined', z.object({ a: text.exactOptional() }), ['.a']],
    ['where all are', z.object({ a: text }).partial(), ['.a']],
    ['where it may be anything', z.object({ a: z.unknown(), b: z.any() }), ['.a', '.b']],
    ['behind a check', z.object({ a: text.optional().refine(() => true) }), ['.a']],
    ['behind a pipe', text.transform(() => ({})).pipe(maybe), ['.a']],
    ['behind a default', maybe.default({}), ['.a']],
    ['behind null', z.object({ b: maybe.nullable() }), ['.b.a']],
    ['read-only', maybe.readonly(), ['.a']],
    ['within an object', z.object({ b: z.object({ c: maybe }) }), ['.b.c.a']],
    ['within what may be absent itself', z.object({ b: maybe.optional() }), ['.b', '.b.a']],
    ['in a list', z.array(maybe), ['[].a']],
    ['in a tuple', z.tuple([text, maybe], maybe), ['[1].a', '[].a']],
    ['in a record', z.record(text, maybe), ['{}.a']],
    ['in what an object has besides', z.object({}).catchall(maybe), ['{}.a']],
    ['in a union', z.union([text, maybe]), ['.a']],
    ['in a union of kinds', z.discriminatedUnion('kind', kinds), ['.a']],
    ['in an intersection', z.intersection(z.object({ b: text }), maybe), ['.a']],
    ['in a schema with a name', z.array(maybe.extend({}).meta({ id: 'Named' })), ['Named.a']],
    ['in a schema that is part of itself', z.object({ tree: Tree }), ['__schema0.name']],
  ])('%s', (_, schema, paths) => expect(absentFrom(schema, '')).toEqual(paths));

  test('unless a default stands in for it', () =>
    expect(absentFrom(z.object({ a: text.default('') }), '')).toEqual([]));

  test.each([
    ['a transformation', text.transform(() => undefined)],
    ['undefined', z.union([text, z.undefined()])],
    ['a type of its own', z.custom<string>()],
  ])('and %s, of which nobody can tell, is refused', (_, a) =>
    expect(() => absentFrom(z.object({ a }), '')).toThrow('cannot be represented'),
  );
});

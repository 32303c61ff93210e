import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { queueSchemas } from '../../src/contract/documents/queue-schemas.ts';
import { queueMessages } from '../../src/contract/queues.ts';
import { whyNotDeployable } from '../../tools/releases/compare-releases.ts';
import { whyNotIncluded } from '../../tools/releases/includes.ts';

const asJson = (schema: z.ZodType, io: 'input' | 'output' = 'input') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return z.record(z.string(), z.unknown()).parse(rest);
};

/** A schema, and values that fit it. */
interface Drawn {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<unknown>;
}

const few = { min: -2, max: 3 };
const name = fc.constantFrom('a', 'b', 'c');
const bounds = fc
  .tuple(fc.integer(few), fc.integer(few))
  .map((both) => both.toSorted((a, b) => a - b));

const leaf: fc.Arbitrary<Drawn> = fc.oneof(
  bounds.map(([from = 0, to = 0]) => ({
    schema: z.int().min(from).max(to),
    values: fc.integer({ min: from, max: to }),
  })),
  bounds.map(([from = 0, to = 0]) => ({
    schema: z
      .number()
      .gt(from)
      .lt(to + 1),
    // What is drawn may be -0, which fast-check takes for less than 0.
    values: fc
      .double({ min: from, max: to + 1, noNaN: true })
      .filter((each) => each > from && each < to + 1),
  })),
  bounds.map(([from = 0, to = 0]) => ({
    schema: z
      .string()
      .min(from + 2)
      .max(to + 2),
    values: fc.string({ minLength: from + 2, maxLength: to + 2, unit: 'grapheme-ascii' }),
  })),
  fc.constant({ schema: z.string(), values: fc.oneof(name, fc.string()) }),
  fc.constant({ schema: z.uuid(), values: fc.uuid() }),
  fc.constant({ schema: z.boolean(), values: fc.boolean() }),
  fc.constant({ schema: z.null(), values: fc.constant(null) }),
  fc.constant({ schema: z.unknown(), values: fc.jsonValue() }),
  name.map((only) => ({ schema: z.literal(only), values: fc.constant(only) })),
  fc
    .uniqueArray(name, { minLength: 1 })
    .map((all) => ({ schema: z.enum(all), values: fc.constantFrom(...all) })),
);

const { tree } = fc.letrec<{ tree: Drawn }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.tuple(tie('tree'), bounds).map(([each, [least = 0, most = 0]]) => ({
      schema: z.array(each.schema).min(Math.max(least, 0)).max(Math.max(most, 0)),
      values: fc.array(each.values, {
        minLength: Math.max(least, 0),
        maxLength: Math.max(most, 0),
      }),
    })),
    fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
      schema: z.union([one.schema, other.schema]),
      values: fc.oneof(one.values, other.values),
    })),
    tie('tree').map((each) => ({
      schema: z.record(z.string(), each.schema),
      values: fc.dictionary(fc.oneof(name, fc.string()), each.values, { maxKeys: 3 }),
    })),
    fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
      schema: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), of: one.schema }),
        z.object({ kind: z.literal('b'), of: other.schema }),
      ]),
      values: fc.oneof(
        fc.record({ kind: fc.constant('a'), of: one.values }),
        fc.record({ kind: fc.constant('b'), of: other.values }),
      ),
    })),
    fc
      .tuple(
        fc.dictionary(name, fc.tuple(tie('tree'), fc.boolean()), { maxKeys: 3 }),
        fc.constantFrom('strict', 'plain', 'loose'),
      )
      .map(([fields, openness]) => objectOf(Object.entries(fields), openness)),
  ),
}));

type Field = readonly [name: string, of: readonly [Drawn, boolean]];

/** What is open may have fields that it does not name, and they may be anything. */
function objectOf(fields: readonly Field[], openness: 'strict' | 'plain' | 'loose'): Drawn {
  const shape = fields.map(([key, [{ schema }, isOptional]]) => [
    key,
    isOptional ? schema.optional() : schema,
  ]);
  const make = { strict: z.strictObject, plain: z.object, loose: z.looseObject }[openness];
  const required = fields.filter(([, [, isOptional]]) => !isOptional).map(([key]) => key);
  const declared = fc.record(
    Object.fromEntries(fields.map(([key, [{ values }]]) => [key, values])),
    { requiredKeys: required },
  );
  const others = fc.dictionary(name, fc.jsonValue(), { maxKeys: 2 });
  return {
    schema: make(Object.fromEntries(shape) as z.ZodRawShape),
    values:
      openness === 'strict'
        ? declared
        : fc.tuple(others, declared).map(([more, known]) => ({
            ...Object.fromEntries(
              Object.entries(more).filter(([key]) => !fields.some(([each]) => each === key)),
            ),
            ...known,
          })),
  };
}

/** A schema and one that is near it: two that were drawn apart are hardly ever included in each other. */
const near = ({ schema, values }: Drawn): fc.Arbitrary<Drawn> =>
  fc.oneof(
    fc.constant({ schema, values }),
    tree.map((other) => ({
      schema: z.union([schema, other.schema]),
      values: fc.oneof(values, other.values),
    })),
    fc.constant({ schema: z.unknown(), values: fc.jsonValue() }),
  );

const pairs = fc.oneof(
  fc.tuple(tree, tree),
  fc.tuple(leaf, leaf),
  tree.chain((drawn) => near(drawn).map((other) => [drawn, other] as const)),
  fc.tuple(tree, tree, fc.boolean(), fc.constantFrom('strict', 'plain', 'loose')).map(
    ([one, other, isOptional, openness]) =>
      [
        objectOf([['a', [one, false]]], openness),
        objectOf(
          [
            ['a', [one, isOptional]],
            ['b', [other, true]],
          ],
          'plain',
        ),
      ] as const,
  ),
);

describe('what is approved', () => {
  test('is right: a value of the inner schema parses under the outer one', () => {
    let approved = 0;
    fc.assert(
      fc.property(
        pairs.chain(([inner, outer]) =>
          fc.record({
            inner: fc.constant(inner),
            outer: fc.constant(outer),
            values: fc.array(inner.values, { minLength: 4, maxLength: 4 }),
          }),
        ),
        ({ inner, outer, values }) => {
          if (whyNotIncluded(asJson(inner.schema), asJson(outer.schema)) !== undefined) return;
          approved += 1;
          for (const value of values) {
            if (!inner.schema.safeParse(value).success) throw new Error('The test drew it wrong');
            const { error } = outer.schema.safeParse(value);
            expect(error, JSON.stringify(value)).toBeUndefined();
          }
        },
      ),
      { numRuns: 5_000 },
    );
    expect(approved).toBeGreaterThan(1_000);
  });

  test('has every schema within itself, and within what allows more', () => {
    fc.assert(
      fc.property(tree, ({ schema }) => {
        expect(whyNotIncluded(asJson(schema), asJson(schema))).toBeUndefined();
        expect(whyNotIncluded(asJson(schema), asJson(schema.nullable()))).toBeUndefined();
        expect(whyNotIncluded(asJson(schema), {})).toBeUndefined();
      }),
    );
  });
});

describe('a change of a message', () => {
  const before = z.object({
    kind: z.literal('one'),
    size: z.int().min(1).max(5),
    of: z.enum(['a', 'b']),
    note: z.string().optional(),
  });

  test.each([
    ['a field that may be left out', before.extend({ more: z.string().optional() })],
    ['a value more of an enum', before.extend({ of: z.enum(['a', 'b', 'c']) })],
    ['wider bounds', before.extend({ size: z.number().min(0).max(5) })],
    ['a field that may be null', before.extend({ note: z.string().nullish() })],
    ['another kind beside it', z.union([before, z.object({ kind: z.literal('two') })])],
    ['one field less', before.omit({ note: true })],
  ])('is understood by a consumer that knows %s', (_, after) => {
    expect(whyNotIncluded(asJson(before, 'output'), asJson(after))).toBeUndefined();
  });

  test.each([
    [before.extend({ more: z.string() }), '"more" is required and may be absent'],
    [before.extend({ note: z.string() }), '"note" is required and may be absent'],
    [before.extend({ of: z.enum(['a']) }), 'of: "b" is not known'],
    [before.extend({ size: z.int().min(2).max(5) }), 'size: it may be under 2'],
    [before.extend({ size: z.int().min(1).max(4) }), 'size: it may be over 4'],
    [
      before.extend({ note: z.int().optional() }),
      'note: it may be string, and only integer is known',
    ],
    [before.extend({ note: z.uuid().optional() }), 'note: pattern'],
    [before.extend({ kind: z.literal('two') }), 'kind: "one" is not known'],
    [z.strictObject(before.omit({ note: true }).shape), 'note: it is not known'],
    [before.and(z.object({ size: z.int() })), 'nobody compares allOf'],
  ])('is refused with a sentence: %#', (after, sentence) => {
    expect(whyNotIncluded(asJson(before, 'output'), asJson(after))).toContain(sentence);
  });

  test('that an earlier release cannot read is refused, too, though all of it is known', () => {
    expect(whyNotIncluded(asJson(before), asJson(z.strictObject(before.shape)))).toContain(
      'fields that are not known may be in it',
    );
  });
});

describe('a release', () => {
  const Written = z.record(
    z.string(),
    z.object({
      known: z.record(z.string(), z.record(z.string(), z.unknown())),
      sent: z.record(z.string(), z.record(z.string(), z.unknown())),
    }),
  );
  type Queues = z.output<typeof Written>;
  const written = () => Written.parse(JSON.parse(JSON.stringify(queueSchemas())));
  const template = (queues?: Queues) => ({
    Resources: { Any: {} },
    ...(queues && { Metadata: { WeeloMessages: queues } }),
  });
  const changed = (change: (queues: Queues) => unknown) => {
    const queues = written();
    change(queues);
    return template(queues);
  };
  const now = template(written());
  const wave = { type: 'object', properties: { kind: { const: 'new-wave' } }, required: ['kind'] };
  const learns = ({ dispatch }: Queues) =>
    Object.assign(dispatch?.known ?? {}, { 'new-wave': wave });
  const sends = ({ dispatch }: Queues) => Object.assign(dispatch?.sent ?? {}, { 'new-wave': wave });

  test('can follow itself, and be the first', () => {
    expect(whyNotDeployable(now, now)).toEqual([]);
    expect(whyNotDeployable({}, now)).toEqual([]);
  });

  test('learns a kind, and the release after it sends the kind', () => {
    const learning = changed(learns);
    const sending = changed((queues) => [learns(queues), sends(queues)]);
    expect(whyNotDeployable(now, learning)).toEqual([]);
    expect(whyNotDeployable(learning, sending)).toEqual([]);
    expect(whyNotDeployable(now, sending)).toEqual([
      'dispatch, new-wave: the deployed release may not understand it: nobody has heard of it.',
    ]);
  });

  test('does not forget what is still sent', () => {
    const forgetful = changed(({ notify }) => {
      delete notify?.known['event new_broadcast'];
      delete notify?.sent['event new_broadcast'];
    });
    expect(whyNotDeployable(now, forgetful)).toEqual([
      'notify, event new_broadcast: this release may not understand it: nobody has heard of it.',
    ]);
    const quiet = changed(({ notify }) => delete notify?.sent['event new_broadcast']);
    expect(whyNotDeployable(quiet, forgetful)).toEqual([]);
  });

  test('is not compared with one that says nothing', () => {
    expect(whyNotDeployable(template(), now)).toEqual([
      'The deployed release does not say which messages it understands.',
    ]);
    expect(whyNotDeployable(now, template())).toEqual([]);
  });

  test('says of every kind of message that it is known and sent', () => {
    const { dispatch, notify } = queueSchemas();
    const { event: _, 'domain-event': __, ...plain } = queueMessages.notify;
    expect(Object.keys(dispatch.known)).toEqual(Object.keys(queueMessages.dispatch));
    expect(Object.keys(notify.known)).toEqual(expect.arrayContaining(Object.keys(plain)));
    expect(Object.keys(notify.known)).toContain('event order_cancelled');
    expect(Object.keys(notify.known)).toContain('domain-event OrderPlaced');
    expect(Object.keys(notify.sent)).toEqual(Object.keys(notify.known));
  });
});

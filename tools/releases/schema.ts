import * as z from 'zod';

/** A JSON Schema as it stands in a template. `true` and `{}` allow everything, `false` nothing. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

const Inner = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const Inners = z.record(z.string(), Inner);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The keywords that are compared. */
export const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: scalar.optional(),
  enum: z.array(scalar).optional(),
  anyOf: z.array(Inner).optional(),
  oneOf: z.array(Inner).optional(),
  $ref: z.string().optional(),
  $defs: Inners.optional(),
  properties: Inners.optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: Inner.optional(),
  propertyNames: Inner.optional(),
  items: Inner.optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().optional(),
});
export type Schema = z.output<typeof Schema>;

/** Keywords that say nothing about which values fit. */
const silent = [
  'readOnly',
  'writeOnly',
  'deprecated',
  'title',
  'description',
  'examples',
  'default',
  'id',
];
const compared = new Set([...Object.keys(Schema.shape), ...silent]);

export function unknownKeywords(schema: Schema): readonly string[] {
  return Object.keys(schema).filter((each) => !compared.has(each));
}

export function refused(path: string, why: string): string {
  return `${path === '' ? 'the message' : path.replace(/^\./, '')}: ${why}`;
}

/** A part of a schema, with where it is, and what it may refer to. */
export class Located {
  readonly schema: Schema;
  readonly path: string;
  private readonly definitions: Readonly<Record<string, JsonSchema>>;
  private readonly via: readonly string[];

  private constructor(
    schema: JsonSchema,
    path: string,
    definitions: Readonly<Record<string, JsonSchema>>,
    via: readonly string[],
  ) {
    this.schema = readSchema(schema);
    this.path = path;
    this.definitions = definitions;
    this.via = via;
  }

  static root(schema: JsonSchema): Located {
    return new Located(schema, '', readSchema(schema).$defs ?? {}, []);
  }

  at(schema: JsonSchema, step = ''): Located {
    return new Located(schema, this.path + step, this.definitions, this.via);
  }

  /** What it refers to, if it does. Undefined: it refers to what it is a part of. */
  followed(): Located | undefined {
    const { $ref } = this.schema;
    if ($ref === undefined) return this;
    if (this.via.includes($ref)) return undefined;
    const target = this.definitions[$ref.replace('#/$defs/', '')];
    if (target === undefined) throw new Error(`A schema refers to ${$ref}, which it does not have`);
    return new Located(target, this.path, this.definitions, [...this.via, $ref]).followed();
  }

  /** With everything that it refers to written out, so that two can be told to be the same. */
  expanded(): unknown {
    const write = (value: unknown, via: readonly string[]): unknown => {
      if (Array.isArray(value)) return value.map((each) => write(each, via));
      if (typeof value !== 'object' || value === null) return value;
      const fields: readonly (readonly [string, unknown])[] = Object.entries(value);
      const reference = fields.find(([name]) => name === '$ref')?.[1];
      if (typeof reference === 'string') {
        if (via.includes(reference)) return { again: via.length - via.indexOf(reference) };
        return write(this.definitions[reference.replace('#/$defs/', '')], [...via, reference]);
      }
      const others = fields.filter(([name]) => name !== '$defs');
      return Object.fromEntries(others.map(([name, each]) => [name, write(each, via)]));
    };
    return write(this.schema, []);
  }
}

/** `false` as a part never takes anything: it is a list of no alternatives. */
function readSchema(schema: JsonSchema): Schema {
  if (schema === true) return {};
  return Schema.parse(schema === false ? { enum: [] } : schema);
}

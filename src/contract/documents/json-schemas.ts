import * as z from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The path of the named schemas in both documents. */
const components = '#/components/schemas/';

/**
 * Converts schemas to JSON Schema and collects those with a name (`.meta({ id })`). A document shows each of these once
 * and refers to it everywhere else.
 */
export class NamedSchemas {
  readonly #named = new Map<string, JsonSchema>();

  /** `input` is the form that a client may send, `output` the form that it gets. */
  describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs, ...described } = z.toJSONSchema(schema, { io, override: openEnded });
    for (const [name, definition] of Object.entries($defs ?? {})) this.#add(name, definition);
    return pointedAtComponents(described);
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].toSorted(([a], [b]) => a.localeCompare(b)));
  }

  #add(name: string, definition: object): void {
    const added = pointedAtComponents(definition);
    const before = this.#named.get(name);
    if (before && JSON.stringify(before) !== JSON.stringify(added)) {
      throw new Error(`Two different schemas are called ${name}`);
    }
    this.#named.set(name, added);
  }
}

/** Fields will be added later, so no client may rely on these being the only ones. */
function openEnded({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function pointedAtComponents(schema: object): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', `"${components}`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

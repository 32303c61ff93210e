import { type Located, refused, type Schema } from './schema.ts';

export type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** The kinds of values that a schema allows. Empty: every kind. */
export function kindsOf({ type }: Schema): readonly Kind[] {
  return [type ?? []].flat().filter(isKind);
}

const kinds: ReadonlySet<string> = new Set<Kind>([
  'string',
  'number',
  'integer',
  'boolean',
  'null',
  'array',
  'object',
]);
const isKind = (name: string): name is Kind => kinds.has(name);

/** The inner schema demands at least, or at most, what the outer one demands. */
const lower = ['minLength', 'minItems'] as const;
const upper = ['maxLength', 'maxItems'] as const;
/** What is compared as a whole, because one regular expression cannot be told to be stricter than another. */
const same = ['pattern', 'format'] as const;

/** What the outer schema asks of texts, numbers and lengths, and the inner one does not promise. */
export function scalarComplaint(inner: Located, outer: Located): string | undefined {
  const [of, into] = [inner.schema, outer.schema];
  for (const each of same) {
    if (into[each] === undefined || of[each] === into[each]) continue;
    return refused(outer.path, `${each} ${into[each]} is demanded, and not promised`);
  }
  for (const each of lower) {
    if ((of[each] ?? 0) >= (into[each] ?? 0)) continue;
    return refused(outer.path, `${each} ${into[each]} is demanded, and ${of[each] ?? 0} promised`);
  }
  for (const each of upper) {
    if ((of[each] ?? Infinity) <= (into[each] ?? Infinity)) continue;
    return refused(
      outer.path,
      `${each} ${into[each]} is demanded, and ${of[each] ?? 'no end'} promised`,
    );
  }
  return boundsComplaint(of, into, outer.path);
}

function boundsComplaint(of: Schema, into: Schema, path: string): string | undefined {
  const low = Math.max(of.minimum ?? -Infinity, of.exclusiveMinimum ?? -Infinity);
  const high = Math.min(of.maximum ?? Infinity, of.exclusiveMaximum ?? Infinity);
  if (low < (into.minimum ?? -Infinity)) return refused(path, `it may be under ${into.minimum}`);
  if (high > (into.maximum ?? Infinity)) return refused(path, `it may be over ${into.maximum}`);
  const { exclusiveMinimum: over, exclusiveMaximum: under } = into;
  const isOver = over === undefined || low > over || (of.exclusiveMinimum ?? -Infinity) >= over;
  if (!isOver) return refused(path, `it may be ${over} or less`);
  const isUnder = under === undefined || high < under || (of.exclusiveMaximum ?? Infinity) <= under;
  if (!isUnder) return refused(path, `it may be ${under} or more`);
  if (into.multipleOf !== undefined && of.multipleOf !== into.multipleOf) {
    return refused(path, `a multiple of ${into.multipleOf} is demanded, and not promised`);
  }
  return undefined;
}

type Scalar = string | number | boolean | null;

/** Why a constant is not a value of a schema. */
export function valueComplaint(value: Scalar, { schema, path }: Located): string | undefined {
  const said = JSON.stringify(value);
  const { enum: known, const: constant } = schema;
  if (known && !known.includes(value)) return refused(path, `${said} is not known`);
  if (constant !== undefined && constant !== value) return refused(path, `${said} is not known`);
  const demanded = kindsOf(schema);
  if (demanded.length > 0 && !demanded.some((kind) => isOfKind(value, kind))) {
    return refused(path, `${said} is not of the type ${demanded.join(' or ')}`);
  }
  if (known || constant !== undefined) return undefined;
  const limits = Object.keys(schema).filter((each) => each !== 'type' && each !== '$defs');
  return limits.length === 0
    ? undefined
    : refused(path, `nobody compares ${said} with ${limits.join(' and ')}`);
}

function isOfKind(value: Scalar, kind: Kind): boolean {
  if (value === null) return kind === 'null';
  if (kind === 'integer') return Number.isInteger(value);
  return typeof value === kind;
}

import { isDeepStrictEqual } from 'node:util';
import { type Kind, kindsOf, scalarComplaint, valueComplaint } from './scalars.ts';
import { type JsonSchema, Located, refused, Schema, unknownKeywords } from './schema.ts';

/**
 * Why some value that fits the inner schema may not fit the outer one. Undefined: every such value fits. What cannot be
 * decided from the structure is refused, so nothing wrong is ever approved.
 */
export function whyNotIncluded(inner: JsonSchema, outer: JsonSchema): string | undefined {
  return compare(Located.root(inner), Located.root(outer));
}

type Complaint = string | undefined;

function compare(inner: Located, outer: Located): Complaint {
  if (isDeepStrictEqual(inner.expanded(), outer.expanded())) return undefined;
  const [of, into] = [inner.followed(), outer.followed()];
  if (!of || !into) return refused(outer.path, 'it refers to itself, which is not compared');
  const unknown = [...unknownKeywords(of.schema), ...unknownKeywords(into.schema)];
  if (unknown.length > 0) return refused(outer.path, `nobody compares ${unknown.join(' and ')}`);
  const branches = branchesOf(of);
  if (branches) return firstOf(branches, (each) => compare(each, into));
  const choices = branchesOf(into);
  if (choices) return compareWithChoices(of, into, choices);
  return compareOfOneKind(of, into);
}

/** A union, or a schema for several kinds of values, is as good as a list of schemas. */
function branchesOf(located: Located): readonly Located[] | undefined {
  const { anyOf, oneOf, type, ...rest } = located.schema;
  const union = anyOf ?? oneOf;
  if (union) return union.map((each) => located.at(each));
  if (Array.isArray(type)) return type.map((each) => located.at({ ...rest, type: each }));
  return undefined;
}

function compareWithChoices(
  inner: Located,
  outer: Located,
  choices: readonly Located[],
): Complaint {
  if (outer.schema.oneOf && !areApart(choices)) {
    return refused(outer.path, 'it is one of several, and no constant tells which');
  }
  const complaints = choices.map((each) => compare(inner, each));
  if (complaints.includes(undefined)) return undefined;
  return complaints.length === 1
    ? complaints[0]
    : refused(outer.path, `none of ${complaints.length} alternatives takes it: ${complaints[0]}`);
}

/** Whether at most one of them takes a value: each demands another constant in the same field. */
function areApart(choices: readonly Located[]): boolean {
  const constants = choices.map((each) => new Map(requiredConstants(each)));
  const [first = new Map<string, string>()] = constants;
  return [...first.keys()].some((name) => {
    const values = constants.map((each) => each.get(name));
    return !values.includes(undefined) && new Set(values).size === values.length;
  });
}

function requiredConstants(located: Located): readonly (readonly [string, string])[] {
  const { required = [], properties = {} } = located.followed()?.schema ?? {};
  return required.flatMap((name) => {
    const { const: constant } = Schema.parse(properties[name] ?? {});
    return constant === undefined ? [] : [[name, JSON.stringify(constant)] as const];
  });
}

function compareOfOneKind(inner: Located, outer: Located): Complaint {
  const values =
    inner.schema.enum ?? (inner.schema.const === undefined ? undefined : [inner.schema.const]);
  if (values) return firstOf(values, (each) => valueComplaint(each, outer));
  const [of] = kindsOf(inner.schema);
  const [into] = kindsOf(outer.schema);
  const fits = into === undefined || of === into || (of === 'integer' && into === 'number');
  if (!fits) return refused(outer.path, `it may be ${of ?? 'anything'}, and only ${into} is known`);
  const closed =
    outer.schema.enum ?? (outer.schema.const === undefined ? undefined : [outer.schema.const]);
  if (closed) return refused(outer.path, `only ${JSON.stringify(closed)} is known`);
  return scalarComplaint(inner, outer) ?? compareParts(of, inner, outer);
}

function compareParts(kind: Kind | undefined, inner: Located, outer: Located): Complaint {
  // What may be anything may be a list or an object, too.
  if (kind === 'array' || kind === undefined) {
    const complaint = compareItems(inner, outer);
    if (complaint !== undefined) return complaint;
  }
  return kind === 'object' || kind === undefined ? compareObjects(inner, outer) : undefined;
}

function compareItems(inner: Located, outer: Located): Complaint {
  if (outer.schema.items === undefined) return undefined;
  return compare(inner.at(inner.schema.items ?? {}, '[]'), outer.at(outer.schema.items, '[]'));
}

function compareObjects(inner: Located, outer: Located): Complaint {
  const { properties = {}, required = [], propertyNames } = outer.schema;
  const sure = new Set(inner.schema.required);
  const missing = required.find((name) => !sure.has(name));
  if (missing !== undefined)
    return refused(outer.path, `"${missing}" is required and may be absent`);
  const named = inner.schema.properties ?? {};
  const names = new Set([...Object.keys(named), ...Object.keys(properties)]);
  const complaint = firstOf([...names], (name) => {
    const from = Object.hasOwn(named, name) ? named[name] : inner.schema.additionalProperties;
    if (from === false) return undefined;
    const into = Object.hasOwn(properties, name)
      ? properties[name]
      : outer.schema.additionalProperties;
    const path = `.${name}`;
    if (into === false) return refused(`${outer.path}${path}`, 'it is not known');
    return compare(inner.at(from ?? {}, path), outer.at(into ?? {}, path));
  });
  return complaint ?? compareOthers(inner, outer) ?? compareNames(inner, outer, propertyNames);
}

/** The fields that neither of them names. */
function compareOthers(inner: Located, outer: Located): Complaint {
  const [from = {}, into = {}] = [inner, outer].map(({ schema }) => schema.additionalProperties);
  if (from === false) return undefined;
  if (into === false) return refused(outer.path, 'fields that are not known may be in it');
  return compare(inner.at(from, '.*'), outer.at(into, '.*'));
}

function compareNames(inner: Located, outer: Located, known: JsonSchema | undefined): Complaint {
  if (known === undefined) return undefined;
  const names = outer.at(known, ' (a name)');
  const named = Object.keys(inner.schema.properties ?? {});
  const complaint = firstOf(named, (each) => valueComplaint(each, names));
  if (complaint !== undefined || inner.schema.additionalProperties === false) return complaint;
  return compare(inner.at(inner.schema.propertyNames ?? { type: 'string' }), names);
}

function firstOf<T>(all: readonly T[], complaintOf: (each: T) => Complaint): Complaint {
  for (const each of all) {
    const complaint = complaintOf(each);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

import { v5 } from 'uuid';
import * as z from 'zod';
import type { SourceName } from '../source/predecessor.ts';
import type { Finding } from './candidate.ts';
import { shownId } from './shown.ts';

/** An arbitrary UUID. It must stay the same, so that every run makes the same ids. */
const namespace = '6f1d3c0a-52c4-4f3e-9d0b-3b1f6f0a7c11';

/** The predecessor's own id where it is a UUID, because the apps may know it. Otherwise always the same new one. */
export function idHere(source: SourceName, sourceId: string): string {
  const known = z.uuid().safeParse(sourceId.toLowerCase());
  return known.success ? known.data : v5(`${source}:${sourceId}`, namespace);
}

/** Text, without spaces around it. Undefined if there is none. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  return text.trim() === '' ? undefined : text.trim();
}

/** An instant with three digits of milliseconds. PostgreSQL shows one without a zone as it was stored: in UTC. */
export function instantOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const hasZone = /[T ].*(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(text);
  const at = new Date(hasZone || !/[T ]/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Reads the optional fields of a row. What is not valid here is left out, and noted. */
export function optionalFields(fields: Readonly<Record<string, unknown>>, sourceId: string) {
  const leftOut: Finding[] = [];
  const read = <T>(field: string, schema: z.ZodType<T>, value: unknown): T | null => {
    if (value === undefined || value === null) return null;
    const { success, data } = schema.safeParse(value);
    if (success) return data;
    leftOut.push({ reason: field, example: shownId(sourceId) });
    return null;
  };
  return {
    leftOut,
    text: <T>(field: string, schema: z.ZodType<T>) => read(field, schema, textOf(fields[field])),
    instant: <T>(field: string, schema: z.ZodType<T>) =>
      read(field, schema, instantOf(fields[field]) ?? textOf(fields[field])),
    number: <T>(field: string, schema: z.ZodType<T>) => {
      const text = textOf(fields[field]);
      return read(field, schema, text === undefined ? undefined : Number(text));
    },
  };
}

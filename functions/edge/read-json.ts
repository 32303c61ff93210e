import { AppError } from '../../src/contract/errors.ts';

const deepest = 32;

/**
 * The JSON object in a text. A null in an object means that the field is absent: the Captain app
 * sends every option it has not set as null.
 */
export function readJsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (!isObject(value)) throw broken('Send one JSON object: it begins with "{" and ends with "}".');
  return withoutNulls(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken('This is not valid JSON.');
  }
}

export function withoutNulls(
  object: Readonly<Record<string, unknown>>,
  depth = 0,
): Readonly<Record<string, unknown>> {
  const present = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, cleaned(value, depth + 1)]));
}

function cleaned(value: unknown, depth: number): unknown {
  if (depth > deepest) throw broken(`Nest no deeper than ${deepest} levels.`);
  if (Array.isArray(value)) return value.map((each) => cleaned(each, depth + 1));
  return isObject(value) ? withoutNulls(value, depth) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(message: string): AppError {
  return new AppError('VALIDATION_ERROR', { details: [{ path: '', message }] });
}

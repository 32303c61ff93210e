import type * as z from 'zod';
import { AppError } from '../../../src/contract/errors.ts';
import { invalid } from '../invalid.ts';

/** Parses a part of a message. Throws VALIDATION_ERROR, which names what is wrong. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError('VALIDATION_ERROR', invalid(result.error));
  return result.data;
}

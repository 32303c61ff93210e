import type * as z from 'zod';
import { Misuse } from './visit.ts';

/** What was asked for, or a sentence about what is wrong with it. */
export function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new Misuse(400, `${problems.join('; ')}.`);
}

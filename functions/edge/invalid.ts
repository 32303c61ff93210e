import type * as z from 'zod';
import type { ErrorDetail } from '../../src/contract/errors.ts';

/** Enough to correct a request by; a body with ten thousand mistakes gets no longer answer. */
const mostDetails = 20;

/** What is wrong with an input, field by field, without repeating what was sent. */
export function invalid(error: z.ZodError): { readonly details: ErrorDetail[] } {
  const details = error.issues
    .slice(0, mostDetails)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  return { details };
}

import type * as z from 'zod';
import type { ErrorDetail } from '../../src/contract/errors.ts';

/** Enough to correct a request by; a body with ten thousand mistakes gets no longer answer. */
export const mostDetails = 20;

/** What is wrong with an input, field by field, without repeating what was sent. */
export function invalid(error: z.ZodError): { readonly details: ErrorDetail[] } {
  const details = error.issues
    .slice(0, mostDetails)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message: plain(message) }));
  return { details };
}

/** What the parser says of its own accord is for programmers; what a schema says is for people already. */
function plain(message: string): string {
  if (message.endsWith('received undefined')) return 'This is required.';
  if (message.endsWith('received NaN')) return 'A number is required.';
  return message;
}

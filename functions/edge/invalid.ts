import type * as z from 'zod';
import type { ErrorDetail } from '../../src/contract/errors.ts';

/** At most this many mistakes are listed: enough to correct a request, and the answer stays short. */
export const mostDetails = 20;

/** What is wrong with an input, field by field, without repeating what was sent. */
export function invalid(error: z.ZodError): { readonly details: ErrorDetail[] } {
  const details = error.issues
    .slice(0, mostDetails)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message: plain(message) }));
  return { details };
}

/** The parser's own messages are for programmers, so they are replaced. A schema's messages are for people already. */
function plain(message: string): string {
  if (message.endsWith('received undefined')) return 'This is required.';
  if (message.endsWith('received NaN')) return 'A number is required.';
  return message;
}

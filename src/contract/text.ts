import * as z from 'zod';

/** One line that a person wrote, without what steers a terminal or a printer. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'Send one line, without control characters.');

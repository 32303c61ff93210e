import { expect } from 'vitest';

// vitest types its matchers as `any`; inside an expected object they are values like others.

export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const holding = (each: readonly unknown[]): unknown => expect.arrayContaining([...each]);

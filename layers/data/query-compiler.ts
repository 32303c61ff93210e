/** Stands in the layer for the module that has Prisma's query compiler as a text: here it is a file beside the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const wasm = readFileSync(join(import.meta.dirname, 'query-compiler.wasm'));

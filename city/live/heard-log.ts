import { createWriteStream, type WriteStream } from 'node:fs';
import { lineLost, type Heard } from './api/line.ts';

/** Between the first two, a client misses what it is told; after the second, it is shown all offers that are live. */
const withoutId = new Set([lineLost, 'resumed', 'new_broadcast']);

/** Writes down what each client of the city hears, a line of JSON each: whoever checks the city reads it. */
export class HeardLog {
  readonly #file: WriteStream | undefined;

  constructor(path: string | undefined) {
    this.#file = path === undefined ? undefined : createWriteStream(path, { flags: 'a' });
  }

  of(role: 'customer' | 'transporter', user: string): (heard: Heard) => void {
    return ({ event, id, data }) => {
      if (id === undefined && !withoutId.has(event)) return;
      const line = { at: Date.now(), role, user, event, id, data };
      this.#file?.write(`${JSON.stringify(line)}\n`);
    };
  }
}

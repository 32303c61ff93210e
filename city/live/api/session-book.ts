import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const Session = z.object({ userId: z.string(), refreshToken: z.string() });
export type KeptSession = z.output<typeof Session>;
const Book = z.record(z.string(), Session);

const settleMs = 500;

/** The sessions of everybody in the city, in a file: who was logged in when the stage ended is so when it starts again. */
export class SessionBook {
  readonly #file: string;
  readonly #sessions: Map<string, KeptSession>;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#sessions = new Map(Object.entries(readBook(file)));
  }

  get(role: string, phone: string): KeptSession | undefined {
    return this.#sessions.get(`${role} ${phone}`);
  }

  keep(role: string, phone: string, session: KeptSession): void {
    this.#sessions.set(`${role} ${phone}`, session);
    this.#timer ??= setTimeout(() => this.save(), settleMs);
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Whoever ends us in the middle leaves the former file.
    const unfinished = `${this.#file}.new`;
    writeFileSync(unfinished, JSON.stringify(Object.fromEntries(this.#sessions)), { mode: 0o600 });
    renameSync(unfinished, this.#file);
  }
}

function readBook(file: string): z.output<typeof Book> {
  try {
    return Book.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // There is none yet, or it is of an older form: then everybody logs in anew.
    return {};
  }
}

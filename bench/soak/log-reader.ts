import * as z from 'zod';
import { reasonFor } from './reasons.ts';

const Entry = z.looseObject({
  level: z.string().optional(),
  message: z.string().catch(''),
  service: z.string().optional(),
  function_name: z.string().optional(),
  error: z.unknown().optional(),
  eventId: z.string().optional().catch(undefined),
});

interface Kind {
  /** The first of its lines. */
  readonly line: string;
  readonly why: string | undefined;
  count: number;
}

/** Counts what the stage complains of: warnings and errors of its log, and whatever else it writes that is no entry. */
export class LogReader {
  readonly #complaints = new Map<string, Kind>();
  readonly #failedEvents = new Map<string, number>();
  #unansweredPosts = 0;
  #lines = 0;

  read(line: string): void {
    this.#lines += 1;
    const value = parsed(line);
    if (value === undefined) return;
    const { data } = Entry.safeParse(value);
    // Metrics, and news.
    if (!data || '_aws' in data || data.level === 'INFO' || data.level === 'DEBUG') return;
    const { level = 'WITHOUT A LEVEL', service = data.function_name, message, error } = data;
    if (message === 'Message failed' && data.eventId) {
      this.#failedEvents.set(data.eventId, (this.#failedEvents.get(data.eventId) ?? 0) + 1);
    }
    if (message === 'A post failed') this.#unansweredPosts += 1;
    this.#note(
      `${level} ${service ?? ''}: ${alike(message)}`,
      `${message} ${wordsOf(error)}`,
      line,
    );
  }

  /** How often the delivery of an event failed, perhaps after some of its posts. */
  get failedEvents(): ReadonlyMap<string, number> {
    return this.#failedEvents;
  }

  /** How many posts had no answer: each is made again, and its client may have heard both. */
  get unansweredPosts(): number {
    return this.#unansweredPosts;
  }

  /** What the stage writes beside its log: there should be nothing. */
  readError(line: string): void {
    this.#note(`STDERR: ${alike(line)}`, line, line);
  }

  /** Answers whether each complaint is explained. */
  report(say: (line: string) => void): boolean {
    const kinds = [...this.#complaints].toSorted(([, one], [, other]) => other.count - one.count);
    say(`The log: ${this.#lines} lines, ${kinds.length} kinds of complaints`);
    for (const [key, { line, why, count }] of kinds) {
      say(`  ${count} × ${key}: ${why ?? 'UNEXPLAINED'}`);
      if (why === undefined) say(`    ${line.slice(0, 900)}`);
    }
    return kinds.every(([, { why }]) => why !== undefined);
  }

  #note(message: string, words: string, line: string): void {
    const why = reasonFor(words);
    // The same message may come for several reasons.
    const key = why === undefined ? `${message} (${alike(words).slice(0, 160)})` : message;
    const known = this.#complaints.get(`${key} ${why}`);
    if (known) known.count += 1;
    else this.#complaints.set(`${key} ${why}`, { line, why, count: 1 });
  }
}

/** Ids and numbers differ from line to line. */
const alike = (words: string): string =>
  words.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>').replaceAll(/\d+/g, '<n>');

const Told = z.object({
  name: z.string().catch(''),
  message: z.string().catch(''),
  cause: z.unknown().optional(),
});

/** Of an error and of what caused it, without their stacks. */
function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { data } = Told.safeParse(error);
  if (!data) return '';
  return `${data.name}: ${data.message} ${wordsOf(data.cause)}`.trim();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

import * as z from 'zod';

const Entry = z.looseObject({
  level: z.string(),
  message: z.string().catch(''),
  service: z.string().optional(),
});

/** Why a line of the log is no fault of ours, by the beginning of its message. What is not listed has to be looked at. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /^SMS sent, but not noted|^SMS sent without knowing/,
    'DynamoDB was slower than notify waits: the machine was busy. The SMS was sent once.',
  ],
  [/took longer|timed out|TimeoutError/i, 'The machine was busy: a limit of time was kept.'],
  [/busy right now/, 'A store did not answer in time: the client was told to try again, and did.'],
  [/Concurrent order request blocked/, 'P3 at work: two requests of one customer at once.'],
];

interface Kind {
  readonly line: string;
  count: number;
}

/** Counts what the stage's log complains of. */
export class LogReader {
  readonly #complaints = new Map<string, Kind>();
  #lines = 0;

  read(line: string): void {
    this.#lines += 1;
    const { data } = Entry.safeParse(parsed(line));
    if (!data || !['WARN', 'ERROR', 'CRITICAL'].includes(data.level)) return;
    const key = `${data.level} ${data.service ?? ''}: ${data.message}`;
    const known = this.#complaints.get(key);
    if (known) known.count += 1;
    else this.#complaints.set(key, { line, count: 1 });
  }

  /** Answers whether each error is explained. */
  report(say: (line: string) => void): boolean {
    say(`The log: ${this.#lines} lines, ${this.#complaints.size} kinds of complaints`);
    let isExplained = true;
    for (const [key, { line, count }] of this.#complaints) {
      const [, why] = explanations.find(([words]) => words.test(line) || words.test(key)) ?? [];
      say(`  ${count} × ${key}: ${why ?? 'NOT EXPLAINED'}`);
      if (why !== undefined) continue;
      say(`    ${line.slice(0, 600)}`);
      if (!key.startsWith('WARN')) isExplained = false;
    }
    return isExplained;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

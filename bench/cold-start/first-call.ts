import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';

export interface Process {
  /** The handler's file and its export. */
  readonly file: string;
  readonly exported: string;
  readonly variables: Readonly<Record<string, string>>;
}

const Outcome = z.object({
  answer: z.unknown().optional(),
  error: z.string().optional(),
  cpu: z.number(),
});

const Timed = z.object({
  took: z.number().optional(),
  line: z.string(),
  complaint: z.string(),
});

export interface FirstCall extends z.output<typeof Outcome> {
  /** Milliseconds from the start of the process to the end of the call. */
  readonly took: number;
}

/** Starts a process for a function, makes one call, and ends it; one at a time. */
export class FirstCalls {
  readonly #starter: ChildProcess = fork(join(import.meta.dirname, 'starter.cjs'));

  async make(of: Process, event: unknown): Promise<FirstCall> {
    const told = once(this.#starter, 'message');
    this.#starter.send({ ...of, event });
    const messages: readonly unknown[] = await told;
    const { took, line, complaint } = Timed.parse(messages[0]);
    if (took === undefined) throw new Error(`${of.file} ended without an answer: ${complaint}`);
    return { ...Outcome.parse(JSON.parse(line)), took };
  }

  stop(): void {
    this.#starter.disconnect();
  }
}

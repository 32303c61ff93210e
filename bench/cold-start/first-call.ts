import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
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
  /** Milliseconds from the start of the process to the end of the call. */
  took: z.number(),
  cpu: z.number(),
});

export type FirstCall = z.output<typeof Outcome>;

const script = join(import.meta.dirname, 'first-call.cjs');

/** Starts a process for a function, makes one call, and ends it. */
export async function firstCall(of: Process, event: unknown): Promise<FirstCall> {
  const child = spawn(process.execPath, [script, of.file, of.exported, JSON.stringify(event)], {
    env: of.variables,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [said, complained] = await Promise.all([
    read(child.stdio[3]),
    read(child.stdio[2]),
    child.exitCode ?? once(child, 'close'),
  ]);
  if (said === '') throw new Error(`${of.file} ended without an answer: ${complained}`);
  return Outcome.parse(JSON.parse(said));
}

function read(stream: unknown): Promise<string> {
  return stream instanceof Readable ? text(stream) : Promise.resolve('');
}

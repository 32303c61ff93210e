import { fork } from 'node:child_process';
import * as z from 'zod';
import type { Measured } from './benchmark.ts';

const Rows = z.array(
  z.object({
    what: z.string(),
    took: z.number(),
    limit: z.number(),
    ratio: z.number(),
    atMost: z.number().exactOptional(),
    cpu: z.number().exactOptional(),
  }),
);

/**
 * Has a script measure in a process of its own: the engines in this one take their time, and it must not be the
 * function's. The script gets the task as its first message, and answers with its rows.
 */
export async function measuredApart(
  script: string,
  variables: Readonly<Record<string, string>>,
  task: object,
): Promise<readonly Measured[]> {
  const environment = fork(script, { env: { ...process.env, ...variables } });
  const rows = new Promise<unknown>((resolve, reject) => {
    environment.once('message', resolve);
    environment.once('exit', () => reject(new Error('The process that is measured ended')));
  });
  environment.send(task);
  return Rows.parse(await rows);
}

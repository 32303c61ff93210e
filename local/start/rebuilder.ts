import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { nodeBinary } from '../lambda/runtime-folder.ts';

const Answer = z.tuple([z.object({ error: z.string().optional() }), z.unknown()]);

/** Bundles functions in a process of its own: with the CDK's memory, and without stopping ours. */
export class Rebuilder {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(join(import.meta.dirname, 'rebuild.ts'), {
      execPath: nodeBinary(),
      cwd: resolve(import.meta.dirname, '../..'),
    });
  }

  /** One at a time; what went wrong, if something did. */
  async rebuild(module: string, folder: string): Promise<string | undefined> {
    const answered = once(this.child, 'message');
    this.child.send({ module, folder });
    const [{ error }] = Answer.parse(await answered);
    return error;
  }

  stop(): void {
    this.child.kill();
  }
}

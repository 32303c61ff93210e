import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { nodeBinary } from 'local-cloud';

const Answer = z.tuple([z.object({ error: z.string().optional() }), z.unknown()]);

/** Bundles functions in a process of its own: with the CDK's memory, and without stopping ours. */
export class Rebuilder {
  private readonly script: string;
  /** Undefined once it has ended: the next change gets another. */
  private child: ChildProcess | undefined;
  private stopped = false;

  constructor(script = join(import.meta.dirname, 'rebuild.ts')) {
    this.script = script;
    this.child = this.forked();
  }

  /** One at a time; what went wrong, if something did. */
  async rebuild(module: string, folder: string): Promise<string | undefined> {
    if (this.stopped) return 'the cloud is stopping';
    this.child ??= this.forked();
    const child = this.child;
    const settled = new AbortController();
    const { signal } = settled;
    try {
      const answered = once(child, 'message', { signal });
      const ended = once(child, 'exit', { signal });
      // Whichever loses the race is told to stop waiting, and says so.
      for (const each of [answered, ended]) each.catch(() => undefined);
      child.send({ module, folder }, () => undefined);
      const first = await Promise.race([answered, ended.then(() => undefined)]);
      if (!first) return 'the process that bundles has ended: save the file again';
      return Answer.parse(first)[0].error;
    } finally {
      settled.abort();
    }
  }

  stop(): void {
    this.stopped = true;
    this.child?.kill();
  }

  private forked(): ChildProcess {
    const child = fork(this.script, {
      execPath: nodeBinary(),
      cwd: resolve(import.meta.dirname, '../..'),
    });
    const forget = () => {
      if (this.child === child) this.child = undefined;
    };
    child.on('exit', forget).on('error', forget);
    return child;
  }
}

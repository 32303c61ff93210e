import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { InvokeResult } from './invoke.ts';
import { watchMemory } from './memory.ts';
import { type Collection, type Invocation, Report, type Setup } from './messages.ts';
import { Output } from './output.ts';
import type { FunctionSettings } from './function-settings.ts';

/** How long Lambda lets a module load, and we a busy machine besides. */
const INIT_MS = 20_000;
/** Lambda's 6 MB, in and out. */
export const LARGEST_PAYLOAD = 6_291_556;

export interface EnvironmentProps {
  readonly settings: FunctionSettings;
  readonly variables: Readonly<Record<string, string>>;
  readonly node: string;
  /** The script that the process starts with. */
  readonly main: string;
  readonly network: Setup['network'];
  readonly onLine: (line: string, requestId: string | undefined) => void;
  readonly onStart: (pid: number) => void;
  readonly onEnd: (pid: number) => void;
}

type Failure = Extract<InvokeResult, { ok: false }>;

/**
 * One execution environment: a process of its own that works on one event at a time, keeps its module
 * state between them, and is frozen while it waits for the next.
 */
export class Environment {
  private readonly props: EnvironmentProps;
  private readonly child: ChildProcess;
  private readonly exited: Promise<Failure>;
  private settle: ((result: InvokeResult) => void) | undefined;
  private requestId: string | undefined;
  private readonly outputs: Output[] = [];
  /** Why we ended it, where we did. */
  private verdict: Failure | undefined;
  /** What it said before it ended by itself. */
  private lastWords: Failure | undefined;
  private frozen = false;
  private isLoaded = false;
  /** Under way: how much it keeps. */
  private collecting: Promise<number | undefined> | undefined;
  private hearKept: ((bytes: number | undefined) => void) | undefined;
  /** How it ended. */
  private fate: Failure | undefined;

  constructor(props: EnvironmentProps) {
    const { settings, variables, node, main, network } = props;
    this.props = props;
    const heap = Math.floor(settings.memoryMegabytes * 0.9);
    this.child = spawn(node, [`--max-old-space-size=${heap}`, main], {
      cwd: settings.taskRoot,
      env: { ...variables },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.exited = this.untilExit();
    this.child.on('message', (message) => this.hear(message));
    this.listen();
    const { taskRoot, handler, name: functionName } = settings;
    this.tell({ type: 'setup', taskRoot, handler, functionName, network });
  }

  get isAlive(): boolean {
    const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
    return !hasEnded && this.verdict === undefined;
  }

  /** Loads the handler; a failure is what the first event is answered with. */
  ready(): Promise<InvokeResult> {
    const { timeoutMs } = this.props.settings;
    return this.until(INIT_MS + timeoutMs, 'Init', () => undefined);
  }

  async invoke(event: string, arn: string): Promise<InvokeResult> {
    const { settings } = this.props;
    const requestId = randomUUID();
    this.requestId = requestId;
    for (const each of this.outputs) each.begin(requestId);
    this.thaw();
    const stopWatching = watchMemory(this.child.pid, settings.memoryMegabytes, () =>
      this.kill(outOfMemory(requestId)),
    );
    const deadline = Date.now() + settings.timeoutMs;
    const result = await this.until(settings.timeoutMs, 'Task', () =>
      this.tell({ type: 'invoke', requestId, event, deadline, arn }),
    );
    stopWatching();
    this.requestId = undefined;
    return result;
  }

  /** The bytes that it keeps when its garbage has been collected; undefined if it is still loading, or ends. */
  kept(): Promise<number | undefined> {
    if (this.fate || !this.isLoaded) return Promise.resolve(undefined);
    this.collecting ??= this.collect();
    return this.collecting;
  }

  private async collect(): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.hearKept = resolve;
    this.thaw();
    this.tell({ type: 'collect' });
    const bytes = await promise;
    this.collecting = undefined;
    // An event may be under way.
    if (this.requestId === undefined && this.isAlive) this.freeze();
    return bytes;
  }

  /** Until its next event nothing happens in it. To be called when there is none for it. */
  freeze(): void {
    // It could not answer.
    if (this.collecting) return;
    this.child.kill('SIGSTOP');
    this.frozen = true;
  }

  /** As when its machine fails: an event under way fails with it. */
  crash(): void {
    this.kill(exitError(this.requestId, 'signal: killed'));
  }

  /** As Lambda ends them: without a word. */
  async end(): Promise<void> {
    this.kill({ ok: false, reason: 'crash', errorType: 'Ended', errorMessage: 'Ended' });
    await this.exited;
  }

  private until(timeoutMs: number, what: string, begin: () => void): Promise<InvokeResult> {
    const { promise, resolve } = Promise.withResolvers<InvokeResult>();
    this.settle = resolve;
    const seconds = (timeoutMs / 1000).toFixed(2);
    const timer = setTimeout(
      () =>
        this.kill({
          ok: false,
          reason: 'timeout',
          errorType: 'Sandbox.Timedout',
          errorMessage: `RequestId: ${this.requestId ?? '-'} Error: ${what} timed out after ${seconds} seconds`,
        }),
      timeoutMs,
    );
    begin();
    // Not a race with the exit: that promise would keep what each event was answered with, as long as the process lives.
    if (this.fate) resolve(this.fate);
    return promise.finally(() => clearTimeout(timer));
  }

  private hear(message: unknown): void {
    const { data: report } = Report.safeParse(message);
    // Said by the function, past its runtime: it is meant for nobody.
    if (!report) return;
    switch (report.type) {
      case 'ready':
        this.isLoaded = true;
        return this.settle?.({ ok: true, payload: null });
      case 'result':
        if (report.requestId !== this.requestId) return;
        return this.settle?.(resultOf(report.payload));
      case 'error':
        if (report.requestId !== this.requestId) return;
        return this.settle?.({ ok: false, reason: 'error', ...report.error });
      case 'kept':
        return this.hearKept?.(report.bytes);
      case 'init-error':
        this.lastWords = { ok: false, reason: 'error', ...report.error };
        return;
      case 'fatal':
        this.lastWords = { ok: false, reason: 'crash', ...report.error };
        return;
    }
  }

  private untilExit(): Promise<Failure> {
    const { promise, resolve } = Promise.withResolvers<Failure>();
    const { pid } = this.child;
    if (pid !== undefined) this.props.onStart(pid);
    const end = (otherwise: Failure) => {
      this.fate = this.verdict ?? otherwise;
      this.settle?.(this.fate);
      this.hearKept?.(undefined);
      resolve(this.fate);
    };
    this.child.on('error', (error) => end(exitError(this.requestId, error.message)));
    this.child.on('exit', (code, signal) => {
      if (pid !== undefined) this.props.onEnd(pid);
      // V8 aborts when the heap is at its limit.
      const aborted = signal === 'SIGABRT' ? outOfMemory(this.requestId) : undefined;
      const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
      end(this.lastWords ?? aborted ?? exitError(this.requestId, how));
    });
    return promise;
  }

  private listen(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (!stream) continue;
      const output = new Output(this.props.onLine);
      this.outputs.push(output);
      createInterface({ input: stream }).on('line', (line) => output.read(line));
    }
  }

  private tell(message: Setup | Invocation | Collection): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private thaw(): void {
    if (this.frozen) this.child.kill('SIGCONT');
    this.frozen = false;
  }

  private kill(verdict: Failure): void {
    this.verdict ??= verdict;
    this.child.kill('SIGKILL');
  }
}

function resultOf(payload: string): InvokeResult {
  if (Buffer.byteLength(payload) > LARGEST_PAYLOAD) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${LARGEST_PAYLOAD} bytes).`;
    const errorType = 'Function.ResponseSizeTooLarge';
    return { ok: false, reason: 'error', errorType, errorMessage };
  }
  return { ok: true, payload: JSON.parse(payload) };
}

function outOfMemory(requestId: string | undefined): Failure {
  return {
    ok: false,
    reason: 'out-of-memory',
    errorType: 'Runtime.OutOfMemory',
    errorMessage: `RequestId: ${requestId ?? '-'} Error: Runtime exited with error: signal: killed`,
  };
}

function exitError(requestId: string | undefined, how: string): Failure {
  return {
    ok: false,
    reason: 'crash',
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId ?? '-'} Error: Runtime exited with error: ${how}`,
  };
}

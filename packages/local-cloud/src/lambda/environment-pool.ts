import type { Environment as Process } from './environment.ts';
import type { InvokeResult } from './invoke.ts';
import type { StartLine } from './start-line.ts';
import type { Statistics } from './statistics.ts';

type Environment = Pick<
  Process,
  'isAlive' | 'ready' | 'invoke' | 'kept' | 'freeze' | 'crash' | 'end'
>;

export interface EnvironmentPoolProps {
  /** Most environments at a time, as things stand. */
  readonly most: () => number;
  /** Whether a call that finds all of them busy is refused at once, as reserved concurrency asks for. */
  readonly strict: () => boolean;
  readonly start: () => Environment;
  readonly startLine: StartLine;
  readonly statistics: Statistics;
}

/** What became of an event, and how long an environment worked on it, where one did. */
interface Invoked {
  readonly result: InvokeResult;
  readonly milliseconds?: number;
}

type Taken = Environment | Extract<InvokeResult, { ok: false }>;

interface Waiter {
  /** It has waited long enough for an environment of its own to be started. */
  isImpatient: boolean;
  readonly take: (taken: Taken) => void;
  readonly timer: NodeJS.Timeout;
}

const LONGEST_QUEUE = 1000;
/** API Gateway waits no longer either. */
const LONGEST_WAIT_MS = 30_000;
/** A busy environment is mostly free again before a new one has started: an event waits so long for it. */
const PATIENCE_MS = 100;
/** An environment beyond the first is given up sooner: a burst is over. */
const SPARE_IDLE_MS = 30_000;
const LAST_IDLE_MS = 300_000;

/**
 * The environments of one function. AWS has as many as are asked for; a laptop has few, and whoever
 * finds them all busy waits a while before it is throttled.
 */
export class EnvironmentPool {
  private readonly props: EnvironmentPoolProps;
  private readonly all = new Set<Environment>();
  private readonly idle: { environment: Environment; since: number }[] = [];
  private readonly waiting: Waiter[] = [];
  /** On their way to be started. */
  private queued = 0;
  /** Started, but not ready for an event yet. */
  private loading = 0;
  private stopped = false;

  constructor(props: EnvironmentPoolProps) {
    this.props = props;
  }

  get counts(): { readonly total: number; readonly idle: number } {
    return { total: this.all.size, idle: this.idle.length };
  }

  /** The ARN is the one that the caller named, with its alias or version. */
  async invoke(event: string, arn: string): Promise<Invoked> {
    const taken = await this.take();
    if ('ok' in taken) return { result: taken };
    const begun = performance.now();
    const result = await taken.invoke(event, arn);
    const milliseconds = performance.now() - begun;
    this.props.statistics.count(result, milliseconds);
    this.giveBack(taken);
    return { result, milliseconds };
  }

  /** What each environment keeps, in bytes. One after the other: collecting garbage is work. */
  async kept(): Promise<readonly number[]> {
    const found: number[] = [];
    for (const each of Array.from(this.all)) {
      const bytes = await each.kept();
      if (bytes !== undefined) found.push(bytes);
    }
    return found;
  }

  /** Idle ones end now, busy ones with their event. */
  async renew(): Promise<void> {
    const old = this.idle.splice(0).map(({ environment }) => environment);
    for (const each of this.all) this.all.delete(each);
    await Promise.all(old.map((each) => each.end()));
  }

  /** Busy ones fail at their event. The next event gets a new one. */
  kill(): void {
    for (const each of this.all) each.crash();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const all = [...this.all];
    this.all.clear();
    this.idle.length = 0;
    for (const { take, timer } of this.waiting.splice(0)) {
      clearTimeout(timer);
      take(throttled('The local cloud is stopping.'));
    }
    await Promise.all(all.map((each) => each.end()));
  }

  /** Ends what has been idle for long. */
  reap(now: number): void {
    for (;;) {
      const [oldest] = this.idle;
      const limit = this.idle.length > 1 ? SPARE_IDLE_MS : LAST_IDLE_MS;
      if (!oldest || now - oldest.since < limit) return;
      this.idle.shift();
      this.all.delete(oldest.environment);
      void oldest.environment.end();
    }
  }

  private take(): Promise<Taken> {
    // What is reserved may have been lowered, to nothing as well, since the idle ones were started.
    const busy = this.all.size - this.idle.length;
    if (this.props.strict() && busy >= this.props.most()) return Promise.resolve(this.refuse());
    const idle = this.takeIdle();
    if (idle) return Promise.resolve(idle);
    const full = this.all.size + this.queued >= this.props.most();
    const crowded = this.props.strict() || this.waiting.length >= LONGEST_QUEUE;
    if (this.stopped || (full && crowded)) {
      return Promise.resolve(this.refuse());
    }
    const { promise, resolve } = Promise.withResolvers<Taken>();
    // The last to come is the last served; the timer bounds how long that can be.
    const waiter: Waiter = {
      isImpatient: false,
      take: resolve,
      timer: setTimeout(() => this.tire(waiter), LONGEST_WAIT_MS),
    };
    this.waiting.push(waiter);
    this.startForWaiting();
    // Said by the timer alone: by another clock it may come too early, and nobody would look again.
    setTimeout(() => {
      waiter.isImpatient = true;
      this.startForWaiting();
    }, PATIENCE_MS).unref();
    return promise;
  }

  /** The last used; one that was killed while it was idle goes on the way. */
  private takeIdle(): Environment | undefined {
    for (;;) {
      const environment = this.idle.pop()?.environment;
      if (!environment || environment.isAlive) return environment;
      this.all.delete(environment);
    }
  }

  private startForWaiting(): void {
    const { most, startLine } = this.props;
    while (this.queued + this.loading < this.wanted() && this.all.size + this.queued < most()) {
      this.queued += 1;
      void startLine.enter(() => this.start()).finally(() => this.startForWaiting());
    }
  }

  /** How many may be on their way: one for each event that has waited long, and no more than are there already. */
  private wanted(): number {
    const atWork = this.all.size - this.loading;
    if (atWork === 0) return Math.min(1, this.waiting.length);
    return Math.min(atWork, this.waiting.filter(({ isImpatient }) => isImpatient).length);
  }

  private async start(): Promise<void> {
    this.queued -= 1;
    // Whoever waited for it may have been served by another meanwhile.
    if (this.waiting.length === 0) return;
    const environment = this.props.start();
    this.all.add(environment);
    this.props.statistics.countColdStart();
    this.loading += 1;
    const result = await environment.ready();
    this.loading -= 1;
    if (result.ok) return this.giveBack(environment);
    this.all.delete(environment);
    this.props.statistics.count(result);
    this.serve(result);
  }

  private giveBack(environment: Environment): void {
    if (!environment.isAlive) {
      this.all.delete(environment);
      this.startForWaiting();
    } else if (!this.all.has(environment)) {
      void environment.end();
      this.startForWaiting();
    } else if (!this.serve(environment)) {
      environment.freeze();
      this.idle.push({ environment, since: performance.now() });
    }
  }

  private serve(taken: Taken): boolean {
    const waiter = this.waiting.shift();
    if (!waiter) return false;
    clearTimeout(waiter.timer);
    waiter.take(taken);
    return true;
  }

  private tire(waiter: Waiter): void {
    this.waiting.splice(this.waiting.indexOf(waiter), 1);
    waiter.take(this.refuse());
  }

  private refuse(): Extract<InvokeResult, { ok: false }> {
    const result = throttled('Rate Exceeded.');
    this.props.statistics.count(result);
    return result;
  }
}

function throttled(errorMessage: string): Extract<InvokeResult, { ok: false }> {
  return { ok: false, reason: 'throttled', errorType: 'TooManyRequestsException', errorMessage };
}

import type { CloudValues } from '../template/cloud-values.ts';
import { type AlarmMessage, Alarms, type AlarmState } from './alarms.ts';
import { Clock } from './clock.ts';
import { embeddedMetrics, type HearLine } from './embedded-metrics.ts';
import { type Datapoint, type MetricId, Metrics, MINUTE_MS } from './metrics.ts';
import { type ServiceMetrics, serviceMetrics } from './service-metrics.ts';

/** CloudWatch on this machine: what was reported, and what the template's alarms make of it. */
export interface Watch {
  /** Milliseconds since 1970, by a clock that can be put forward. */
  readonly now: () => number;
  /**
   * Lets so much time pass at once for metrics, alarms and schedules: each minute has its runs, after which workers of
   * queues get the time that they need, and its verdicts. Functions, delays and sockets go on by the machine's own clock.
   */
  readonly forward: (ms: number) => Promise<void>;
  readonly states: () => readonly AlarmState[];
  readonly datapoints: (metric: MetricId) => readonly Datapoint[];
  /** What the alarms told their topics, the oldest first. */
  readonly messages: () => readonly AlarmMessage[];
}

export interface WatchmanProps {
  /** Does what is due by now, such as schedules; resolves when it was done, or has failed, once. */
  readonly catchUp: () => Promise<void>;
  /** Reads what nobody reports by himself, such as the length of a queue, and reports it as of `at`. */
  readonly readGauges: (now: number, at: number) => Promise<void>;
  readonly onProblem: (sentence: string) => void;
}

/** Looks at the metrics each minute, also at those minutes that are passed over when the clock is put forward. */
export class Watchman implements Watch {
  readonly clock = new Clock();
  readonly metrics = new Metrics();
  readonly services: ServiceMetrics;
  readonly hear: HearLine;
  private readonly alarms = new Alarms(this.metrics);
  /** Undefined until the cloud runs. */
  private props: WatchmanProps | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lookedAt = 0;
  /** One look after the other. */
  private looking: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor() {
    this.services = serviceMetrics((reported) => this.metrics.report(reported), this.now);
    this.hear = embeddedMetrics(
      (reported) => this.metrics.report(reported),
      (timestamp) => this.clock.at(timestamp),
    );
  }

  readonly now = (): number => this.clock.now();
  readonly states = (): readonly AlarmState[] => this.alarms.states;
  readonly datapoints = (metric: MetricId): readonly Datapoint[] => this.metrics.datapoints(metric);
  readonly messages = (): readonly AlarmMessage[] => this.alarms.messages;

  /** Takes the alarms of a template, for the first time or after it changed. */
  read(values: CloudValues): void {
    this.alarms.read(values, this.now());
    this.wait();
  }

  start(props: WatchmanProps): void {
    this.props = props;
    this.wait();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  readonly forward = (ms: number): Promise<void> =>
    this.next(async () => {
      const end = this.now() + ms;
      for (let minute = nextMinute(this.now()); minute <= end; minute += MINUTE_MS) {
        if (this.isStopped) return;
        this.clock.moveTo(minute);
        await this.lookAtLast();
      }
      this.clock.moveTo(end);
      await this.props?.catchUp();
    });

  private wait(): void {
    clearTimeout(this.timer);
    // Without an alarm nobody waits for a verdict.
    if (this.isStopped || !this.props || this.states().length === 0) return;
    const look = () => this.next(() => this.lookAtLast()).finally(() => this.wait());
    this.timer = setTimeout(() => void look(), nextMinute(this.now()) - this.now()).unref();
  }

  /** At the minute that ended last; once at each. */
  private async lookAtLast(): Promise<void> {
    const minute = nextMinute(this.now()) - MINUTE_MS;
    if (minute <= this.lookedAt) return;
    this.lookedAt = minute;
    try {
      await this.props?.catchUp();
      // A gauge that is read at the end of a minute speaks of that minute.
      await this.props?.readGauges(minute, minute - 1);
      this.alarms.evaluate(minute);
    } catch (error) {
      if (!this.isStopped) this.props?.onProblem(`The watch failed: ${String(error)}`);
    }
  }

  private next(work: () => Promise<void>): Promise<void> {
    const done = this.looking.then(work);
    this.looking = done.catch(() => undefined);
    return done;
  }
}

function nextMinute(now: number): number {
  return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
}

import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Account } from '../protocol/played-service.ts';
import type { InvokeAsService, InvokeResult } from '../lambda/invoke.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { PlayedRule } from '../services/operators/rules.ts';
import { nextRunOf, type NextRun } from './schedule-expression.ts';

const Rule = z.object({
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.object({
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.undefined({ error: 'InputPath is not known to the local cloud.' }).optional(),
        InputTransformer: z
          .undefined({ error: 'InputTransformer is not known to the local cloud.' })
          .optional(),
      }),
    )
    .default([]),
});

/** A timer counts in 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Schedule {
  /** The construct's path. */
  readonly path: string;
  readonly arn: string;
  readonly name: string;
  readonly expression: string;
  readonly enabled: boolean;
  readonly nextRun: NextRun;
  readonly targets: readonly { readonly arn: string; readonly input: string | undefined }[];
}

export interface SchedulesProps {
  readonly values: CloudValues;
  /** Leaves an event with a function; resolves when it is worked off or given up. */
  readonly invoke: InvokeAsService;
  /** The clock that they run by, which may be put forward. */
  readonly now: () => number;
  /** Hears of each run of a rule for a target of it. */
  readonly onRun: (ruleName: string, isInvoked: boolean) => void;
  readonly onProblem: (sentence: string) => void;
}

/** Rules that run by the clock. */
export class Schedules {
  private readonly props: SchedulesProps;
  private readonly schedules: readonly Schedule[];
  private readonly waiting = new Map<Schedule, { due: number; timer: NodeJS.Timeout }>();

  constructor(props: SchedulesProps) {
    this.props = props;
    this.schedules = schedulesIn(props.values, props.onProblem);
  }

  get paths(): readonly string[] {
    return this.schedules.map(({ path }) => path);
  }

  start(): void {
    for (const each of this.schedules) if (each.enabled) this.wait(each);
  }

  stop(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  /** All of them, and whether each runs by itself. */
  rules(): readonly PlayedRule[] {
    return this.schedules.map((each) => {
      const { name, arn, expression } = each;
      return { name, arn, expression, isEnabled: this.waiting.has(each) };
    });
  }

  /** Lets a rule run by itself, or not any more. False: there is none of this name. */
  turn(name: string, on: boolean): boolean {
    const schedule = this.schedules.find((each) => each.name === name);
    if (!schedule) return false;
    const waiting = this.waiting.get(schedule);
    if (on && !waiting) this.wait(schedule);
    if (!on) {
      clearTimeout(waiting?.timer);
      this.waiting.delete(schedule);
    }
    return true;
  }

  /** After the clock was put forward: begins the runs that are due by now. */
  catchUp(): void {
    for (const [schedule, { due, timer }] of this.waiting) {
      if (this.props.now() < due) continue;
      clearTimeout(timer);
      void this.run(schedule);
      this.wait(schedule, schedule.nextRun(due));
    }
  }

  /** Runs a schedule now, beside its usual times; `name` is the end of its construct's path. */
  async fire(name: string): Promise<readonly InvokeResult[]> {
    const found = this.schedules.filter(({ path }) => `/${path}`.endsWith(`/${name}`));
    const [only] = found;
    if (only && found.length === 1) return this.run(only);
    throw new Error(
      `${found.length} schedules are called ${name}; there are: ${this.paths.join(', ')}.`,
    );
  }

  private wait(schedule: Schedule, due = schedule.nextRun(this.props.now())): void {
    const sooner = Math.min(due - this.props.now(), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      // Timers may be a millisecond early by this clock, and one alone may not reach so far.
      if (this.props.now() < due) return this.wait(schedule, due);
      void this.run(schedule);
      this.wait(schedule);
    }, sooner);
    this.waiting.set(schedule, { due, timer: timer.unref() });
  }

  private async run({ arn, name, targets, path }: Schedule): Promise<readonly InvokeResult[]> {
    const { account } = this.props.values;
    const results = targets.map(async (target) => {
      const event: unknown =
        target.input === undefined ? scheduledEvent(arn, account) : JSON.parse(target.input);
      const result = await this.props.invoke(target.arn, event, arn);
      // Lambda takes an event that it may be given, whatever the function makes of it later.
      this.props.onRun(name, result.ok || result.reason !== 'forbidden');
      if (!result.ok) this.props.onProblem(`The schedule ${path} failed: ${result.errorMessage}`);
      return result;
    });
    return Promise.all(results);
  }
}

function schedulesIn(values: CloudValues, onProblem: (sentence: string) => void): Schedule[] {
  return values.resources('AWS::Events::Rule').flatMap((resource) => {
    const { ScheduleExpression, State, Targets } = Rule.parse(values.properties(resource));
    if (ScheduleExpression === undefined) {
      onProblem(
        `${resource.path} is a rule without a schedule: nothing on this machine triggers it.`,
      );
      return [];
    }
    return {
      path: resource.path,
      arn: values.arnOf(resource),
      name: values.refOf(resource),
      expression: ScheduleExpression,
      enabled: State === 'ENABLED',
      nextRun: nextRunOf(ScheduleExpression),
      targets: Targets.map(({ Arn, Input }) => ({ arn: Arn, input: Input })),
    };
  });
}

function scheduledEvent(arn: string, { accountId, region }: Account) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [arn],
    detail: {},
  };
}

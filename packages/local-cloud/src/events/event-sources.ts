import type { Policies } from '../access/policies.ts';
import type { FunctionPolicies } from '../lambda/function-policies.ts';
import type { Functions } from '../lambda/functions.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { Engines } from '../deployment/engines.ts';
import type { TimeToLive } from '../deployment/make-tables.ts';
import type { Watchman } from '../watch/watch.ts';
import { QueueMappings } from './queue-mappings.ts';
import type { QueuePollerProps } from './queue-poller.ts';
import { queueSources } from './queue-sources.ts';
import { Schedules } from './schedules.ts';
import { TimeToLiveSweep } from './time-to-live.ts';

export interface EventSourcesProps {
  readonly values: CloudValues;
  readonly engines: Engines;
  readonly functions: Functions;
  /** Of roles: whether a function may read its queue. */
  readonly policies: Policies;
  /** Of functions: whether a rule may invoke one. */
  readonly functionPolicies: FunctionPolicies;
  readonly timesToLive: readonly TimeToLive[];
  readonly watch: Watchman;
  readonly onProblem: (sentence: string) => void;
}

/** What happens by itself: queues bring messages, rules run by the clock, items end. */
export class EventSources {
  readonly schedules: Schedules;
  readonly queues: QueueMappings;
  private readonly sweep: TimeToLiveSweep | undefined;
  private readonly props: EventSourcesProps;

  constructor(props: EventSourcesProps) {
    this.props = props;
    const { values, functions, functionPolicies, engines, timesToLive, watch, onProblem } = props;
    this.schedules = new Schedules({
      values,
      invoke: functionPolicies.guard('events.amazonaws.com', (arn, event) =>
        functions.invokeLater(arn, event),
      ),
      now: watch.now,
      onRun: watch.services.scheduled,
      onProblem,
    });
    this.queues = new QueueMappings(pollersOf(props));
    const tables = engines.dynamodb;
    const { region } = values.account;
    if (tables) {
      this.sweep = new TimeToLiveSweep(tables, region, timesToLive, onProblem);
    }
  }

  start(): void {
    this.schedules.start();
    this.sweep?.start();
    this.queues.start();
  }

  /** Takes the queue mappings of another template. Its rules are the same. */
  async change(values: CloudValues): Promise<void> {
    this.queues.change(pollersOf({ ...this.props, values }));
  }

  async stop(): Promise<void> {
    this.schedules.stop();
    this.sweep?.stop();
    await this.queues.stop();
  }
}

function pollersOf(props: EventSourcesProps): readonly QueuePollerProps[] {
  const { values, engines, functions, policies, onProblem } = props;
  const engine = engines.sqs;
  if (!engine) return [];
  const { region } = values.account;
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  const sources = queueSources(values, functions, policies);
  return sources.map((source) => ({ source, engine, region, invoke, onProblem }));
}

import type { Policies } from '../access/policies.ts';
import type { FunctionPolicies } from '../lambda/function-policies.ts';
import type { Functions } from '../lambda/functions.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { Engines } from '../deployment/engines.ts';
import type { TimeToLive } from '../deployment/make-tables.ts';
import { QueuePoller } from './queue-poller.ts';
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
  readonly onProblem: (sentence: string) => void;
}

/** What happens by itself: queues bring messages, rules run by the clock, items end. */
export class EventSources {
  readonly schedules: Schedules;
  private readonly pollers: readonly QueuePoller[];
  private readonly sweep: TimeToLiveSweep | undefined;

  constructor(props: EventSourcesProps) {
    const { values, functions, functionPolicies, engines, timesToLive, onProblem } = props;
    this.schedules = new Schedules({
      values,
      invoke: functionPolicies.guard('events.amazonaws.com', (arn, event) =>
        functions.invokeLater(arn, event),
      ),
      onProblem,
    });
    this.pollers = pollersOf(props);
    const tables = engines.dynamodb?.endpoint;
    const { region } = values.account;
    if (tables !== undefined) {
      this.sweep = new TimeToLiveSweep(tables, region, timesToLive, onProblem);
    }
  }

  start(): void {
    this.schedules.start();
    this.sweep?.start();
    for (const each of this.pollers) each.start();
  }

  async stop(): Promise<void> {
    this.schedules.stop();
    this.sweep?.stop();
    await Promise.all(this.pollers.map((each) => each.stop()));
  }
}

function pollersOf(props: EventSourcesProps): readonly QueuePoller[] {
  const { values, engines, functions, policies, onProblem } = props;
  const engine = engines.sqs?.endpoint;
  if (engine === undefined) return [];
  const { region } = values.account;
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  return queueSources(values, functions, policies).map(
    (source) => new QueuePoller({ source, engine, region, invoke, onProblem }),
  );
}

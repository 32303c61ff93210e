import { Duration } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import type { Resource } from '../../../src/contract/environment.ts';
import { type FunctionName, functionNames, functions } from '../../../src/contract/functions.ts';
import type { Network } from '../../data/network.ts';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { Provision, Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { WeeloFunction } from './weelo-function.ts';

export interface WeeloFunctionsProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly provisions: Provisions;
}

/**
 * Functions with an alarm. If one of them crashes, a promise may be broken, not only one answer lost. Those of sockets
 * have one because the WebSocket API may count their crashes as errors of an integration, which no alarm watches.
 */
const watched: readonly FunctionName[] = [
  'orders',
  'dispatch',
  'notify',
  'reconcile',
  'migrate',
  'socket-connect',
  'socket-message',
  'socket-disconnect',
];

/** The quota is the account's, and so is the metric: it costs one alarm, not one for each function. */
const throttled: AlarmProps = {
  name: 'ThrottledFunctions',
  metric: Function.metricAllThrottles({ period: Duration.minutes(5), statistic: 'Sum' }),
  ringing: { from: 20 },
  meaning:
    'Lambda has refused to run functions of this account twenty times in five minutes: clients get a 503, and messages wait.',
  remedy:
    'See whether the account is at its quota or one function at its reservation, and raise that.',
  runbook: 'docs/runbooks/alarms.md#throttled-functions',
};

const answers: ReadonlySet<string> = new Set(['http', 'socket', 'schedule']);

/** Every function of the contract, with the resources that the contract says it uses. */
export class WeeloFunctions extends Construct {
  private readonly made: ReadonlyMap<FunctionName, WeeloFunction>;

  constructor(scope: Construct, id: string, { stage, network, provisions }: WeeloFunctionsProps) {
    super(scope, id);
    const make = (name: FunctionName) =>
      new WeeloFunction(this, name, {
        name,
        stage,
        network,
        provisions: functions[name].uses.map((each): Provision => provisions[each]),
      });
    this.made = new Map(functionNames.map((name) => [name, make(name)]));
  }

  of(name: FunctionName): WeeloFunction {
    const found = this.made.get(name);
    if (found) return found;
    throw new Error(`The contract has no function ${name}`);
  }

  /** The functions that use a resource. */
  using(resource: Resource): readonly WeeloFunction[] {
    return [...this.made.values()].filter((each) => usesOf(each).includes(resource));
  }

  /** The functions that requests, sockets and the schedule call. Those of queues go live at once. */
  answering(): readonly WeeloFunction[] {
    return [...this.made.values()].filter(({ name }) => answers.has(functions[name].trigger));
  }

  alarms(): readonly AlarmProps[] {
    return [...watched.flatMap((name) => this.of(name).alarms()), throttled, this.slowOrders()];
  }

  /**
   * What PostgreSQL or the code slows down shows here first. The latency of the whole API would not show it: a client
   * that polls for its events is answered after ten seconds, and that is no fault.
   */
  private slowOrders(): AlarmProps {
    const { lambda } = this.of('orders');
    return {
      name: 'SlowAnswers',
      metric: lambda.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      ringing: { from: 3000, periods: 3 },
      meaning:
        'One in a hundred requests to orders has taken three seconds or more for a quarter of an hour.',
      remedy: 'Look for a slow or waiting statement first, then at the operations that are slow.',
      runbook: 'docs/runbooks/alarms.md#slow-answers',
    };
  }

  /** New code goes live only after the steps that prepare the resources it uses. */
  startAfter(steps: Readonly<Partial<Record<Resource, IDependable>>>): void {
    for (const each of this.made.values()) {
      each.startAfter(...usesOf(each).flatMap((used) => steps[used] ?? []));
    }
  }
}

function usesOf({ name }: WeeloFunction): readonly Resource[] {
  return functions[name].uses;
}

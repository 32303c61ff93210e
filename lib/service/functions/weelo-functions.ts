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

/** Functions with an alarm. If one of them crashes, a promise may be broken, not only one answer lost. */
const watched: readonly FunctionName[] = ['orders', 'dispatch', 'notify', 'reconcile', 'migrate'];

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

  alarms(): readonly AlarmProps[] {
    return watched.flatMap((name) => this.of(name).alarms());
  }

  /** New code goes live only after the steps that prepare the resources it uses. */
  startAfter(steps: Readonly<Partial<Record<Resource, IDependable>>>): void {
    for (const each of this.made.values()) {
      each.lambda.node.addDependency(...usesOf(each).flatMap((used) => steps[used] ?? []));
    }
  }
}

function usesOf({ name }: WeeloFunction): readonly Resource[] {
  return functions[name].uses;
}

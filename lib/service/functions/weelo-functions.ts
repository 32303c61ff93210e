import { Construct, type IDependable } from 'constructs';
import type { Resource } from '../../../src/contract/environment.ts';
import { type FunctionName, functionNames, functions } from '../../../src/contract/functions.ts';
import type { Network } from '../../data/network.ts';
import type { Provision, Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { WeeloFunction } from './weelo-function.ts';

export interface WeeloFunctionsProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly provisions: Provisions;
}

/** Every function of the contract, each with what the contract says it uses. */
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

  /** New code goes live only after the step that makes what it uses usable. */
  startAfter(steps: Readonly<Partial<Record<Resource, IDependable>>>): void {
    for (const [name, { lambda }] of this.made) {
      const uses: readonly Resource[] = functions[name].uses;
      lambda.node.addDependency(...uses.flatMap((each) => steps[each] ?? []));
    }
  }
}

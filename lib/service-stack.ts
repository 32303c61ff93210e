import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import packageJson from '../package.json' with { type: 'json' };
import type { Resource } from '../src/contract/environment.ts';
import {
  type FunctionDeclaration,
  type FunctionName,
  functionNames,
  functions,
} from '../src/contract/functions.ts';
import { routes } from '../src/contract/routes.ts';
import type { DataStack } from './data-stack.ts';
import { DatabaseProxy } from './database-proxy.ts';
import { DeploymentStep } from './deployment-step.ts';
import { makeDataLayer } from './function-code.ts';
import { HttpApi } from './http-api.ts';
import { hashOfMigrations } from './migrations.ts';
import { Observability } from './observability.ts';
import type { Provision } from './provision.ts';
import { RealtimeApi } from './realtime-api.ts';
import { Reconciler } from './reconciler.ts';
import { provisionsOf } from './resources.ts';
import type { Stage } from './stages.ts';
import { WeeloFunction } from './weelo-function.ts';
import { WorkQueue } from './work-queue.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** What is deployed daily: the functions, what calls them, and what must be done before they run. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: ServiceStackProps) {
    super(scope, id, { description: `Weelo ${stage.name}: functions and APIs`, ...props });
    const { network, database } = data;
    const proxy = new DatabaseProxy(this, 'DatabaseProxy', { stage, network, database });
    const http = new HttpApi(this, 'HttpApi', { stage });
    const realtime = new RealtimeApi(this, 'RealtimeApi', { stage });
    const dispatch = new WorkQueue(this, 'Dispatch', { worker: 'dispatch' });
    const notify = new WorkQueue(this, 'Notify', { worker: 'notify' });
    const dataLayer = makeDataLayer(this, 'DataLayer');

    const provisions = provisionsOf({ stage, data, proxy, dispatch, notify, realtime, dataLayer });
    const make = (name: FunctionName): WeeloFunction =>
      new WeeloFunction(this, name, {
        name,
        stage,
        network,
        provisions: functions[name].uses.map((each): Provision => provisions[each]),
      });

    const migration = new DeploymentStep(this, 'Migration', {
      stage,
      step: make('migrate'),
      properties: { migrations: hashOfMigrations(), release: packageJson.version },
    });
    const firstKeys = new DeploymentStep(this, 'FirstKeys', { stage, step: make('keys') });
    proxy.createAfter(migration.done);
    const steps: Partial<Record<Resource, IDependable>> = {
      postgres: migration.done,
      'signing-keys': firstKeys.done,
      'public-keys': firstKeys.done,
    };
    const makeAfterSteps = (name: FunctionName): WeeloFunction => {
      const made = make(name);
      made.lambda.node.addDependency(...functions[name].uses.flatMap((each) => steps[each] ?? []));
      return made;
    };

    for (const name of functionNames.filter((each) => isTriggeredBy('http', each))) {
      const own = routes.filter((route) => route.function === name);
      http.serve(own, makeAfterSteps(name));
    }
    realtime.serve({
      connect: makeAfterSteps('socket-connect'),
      disconnect: makeAfterSteps('socket-disconnect'),
      message: makeAfterSteps('socket-message'),
    });
    const workers = { dispatch: makeAfterSteps('dispatch'), notify: makeAfterSteps('notify') };
    dispatch.workedOffBy(workers.dispatch);
    notify.workedOffBy(workers.notify);
    const reconcile = makeAfterSteps('reconcile');
    new Reconciler(this, 'Reconciler', { reconcile });
    makeAfterSteps('operate');

    new CfnOutput(this, 'HttpApiUrl', { value: http.url });
    new CfnOutput(this, 'RealtimeApiUrl', { value: realtime.url });
  }
}

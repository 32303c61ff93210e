import { resolve } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functionNames } from '../../src/contract/functions.ts';
import { routes } from '../../src/contract/http/routes.ts';
import type { DataStack } from '../data/data-stack.ts';
import type { AlarmProps } from '../parts/alarm.ts';
import type { Stage } from '../parts/stage.ts';
import { HttpApi } from './apis/http-api.ts';
import { RealtimeApi } from './apis/realtime-api.ts';
import { DeploymentStep } from './deployment/deployment-step.ts';
import { releaseOf } from './deployment/release.ts';
import { makeDataLayer } from './functions/function-code.ts';
import { WeeloFunctions } from './functions/weelo-functions.ts';
import { Observability } from './observability.ts';
import { codeAlarms } from './resources/code-budget.ts';
import { DatabaseProxy } from './resources/database-proxy.ts';
import { provisionsOf } from './resources/provisions.ts';
import { deliveryAlarms } from './work/delivery-alarms.ts';
import { DomainEventBus } from './work/domain-event-bus.ts';
import { Reconciler } from './work/reconciler.ts';
import { WorkQueue } from './work/work-queue.ts';

const repository = resolve(import.meta.dirname, '../..');

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** The part that is deployed daily: the functions, their APIs and queues, and the steps before new code goes live. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: ServiceStackProps) {
    super(scope, id, { description: `Weelo ${stage.name}: functions and APIs`, ...props });
    const { network, database } = data;
    const http = new HttpApi(this, 'HttpApi', { stage });
    const realtime = new RealtimeApi(this, 'RealtimeApi', { stage });
    const { queueConcurrency: maxConcurrency } = stage;
    const dispatch = new WorkQueue(this, 'Dispatch', { worker: 'dispatch', maxConcurrency });
    const notify = new WorkQueue(this, 'Notify', { worker: 'notify', maxConcurrency });
    const domainEvents = new DomainEventBus(this, 'DomainEvents', { stage });
    const access = database.proxyAccess;
    const proxy =
      access && new DatabaseProxy(this, 'DatabaseProxy', { stage, network, database, access });

    const dataLayer = makeDataLayer(this, 'DataLayer');
    const made = { stage, data, proxy, dispatch, notify, realtime, domainEvents, dataLayer };
    const provisions = provisionsOf(made);
    const functions = new WeeloFunctions(this, 'Functions', { stage, network, provisions });
    this.prepare(stage, functions, proxy);

    for (const name of functionNames) {
      const served = routes.filter((route) => route.function === name);
      http.serve(served, functions.of(name));
    }
    realtime.serve({
      connect: functions.of('socket-connect'),
      disconnect: functions.of('socket-disconnect'),
      message: functions.of('socket-message'),
    });
    dispatch.workedOffBy(functions.of('dispatch'));
    notify.workedOffBy(functions.of('notify'));
    const reconciler = new Reconciler(this, 'Reconciler', { reconcile: functions.of('reconcile') });

    if (stage.alarms && stage.alarmsTo !== undefined) {
      const watched = [dispatch, notify, functions, reconciler, http, database.server];
      const senders = functions.using('code-budget');
      this.ring(stage.alarmsTo, [
        ...watched.flatMap((each) => each.alarms()),
        ...codeAlarms(senders),
        ...deliveryAlarms(functions.of('notify')),
      ]);
    }
    this.print({
      HttpApiUrl: http.url,
      RealtimeApiUrl: realtime.url,
      EventBusName: domainEvents.bus.eventBusName,
    });
  }

  private print(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  private ring(email: string, alarms: readonly AlarmProps[]): void {
    const { topic } = new Observability(this, 'Observability', { alarms, email });
    this.print({ AlarmsTopicArn: topic.topicArn });
  }

  /** Orders the deployment: first the migration and the keys, then the functions. The proxy waits for the migration. */
  private prepare(stage: Stage, functions: WeeloFunctions, proxy?: DatabaseProxy): void {
    const migration = new DeploymentStep(this, 'Migration', {
      stage,
      step: functions.of('migrate'),
      properties: { release: releaseOf(repository) },
    });
    const firstKeys = new DeploymentStep(this, 'FirstKeys', {
      stage,
      step: functions.of('keys'),
      // The step makes the keys that are missing. A new kind here makes it run again in stages that exist already.
      properties: { kinds: 'signing, code' },
    });
    proxy?.createAfter(migration.done);
    functions.startAfter({
      postgres: migration.done,
      'signing-keys': firstKeys.done,
      'public-keys': firstKeys.done,
      'code-key': firstKeys.done,
      'key-rotation': firstKeys.done,
    });
  }
}

import { resolve } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { queueSchemas } from '../../src/contract/documents/queue-schemas.ts';
import { functionNames } from '../../src/contract/functions.ts';
import { routes } from '../../src/contract/http/routes.ts';
import type { DataStack } from '../data/data-stack.ts';
import type { AlarmProps } from '../parts/alarm.ts';
import type { Stage } from '../parts/stage.ts';
import type { ApiHosts } from './apis/api-hosts.ts';
import { HttpApi } from './apis/http-api.ts';
import { RealtimeApi } from './apis/realtime-api.ts';
import { DeploymentStep } from './deployment/deployment-step.ts';
import { GradualReleases } from './deployment/gradual-releases.ts';
import { releaseOf } from './deployment/release.ts';
import { makeDataLayer } from './functions/function-code.ts';
import { WeeloFunctions } from './functions/weelo-functions.ts';
import { Observability } from './observability.ts';
import { codeAlarms } from './resources/code-budget.ts';
import { DatabaseProxy } from './resources/database-proxy.ts';
import { provisionsOf } from './resources/provisions.ts';
import { SmokeRole } from './resources/smoke-role.ts';
import { smsAlarms } from './resources/sms-sender.ts';
import { TestCodes } from './resources/test-codes.ts';
import { Dashboard, type DashboardProps } from './watch/dashboard.ts';
import { SavedQueries } from './watch/saved-queries.ts';
import { deadlineAlarms } from './work/deadline-alarms.ts';
import { deliveryAlarms } from './work/delivery-alarms.ts';
import { DomainEventBus } from './work/domain-event-bus.ts';
import { Reconciler } from './work/reconciler.ts';
import { orderAlarms } from './work/order-alarms.ts';
import { Walks } from './work/walks.ts';
import { WorkQueue } from './work/work-queue.ts';

const repository = resolve(import.meta.dirname, '../..');

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

interface Connected {
  readonly http: HttpApi;
  readonly realtime: RealtimeApi;
  readonly queues: readonly WorkQueue[];
  readonly functions: WeeloFunctions;
}

/** A part that declares its own alarms. */
interface Watched {
  readonly alarms: () => readonly AlarmProps[];
}

/** The part that is deployed daily: the functions, their APIs and queues, and the steps before new code goes live. */
export class ServiceStack extends Stack {
  /** Of the APIs, for the edge in front of them. */
  readonly hosts: ApiHosts;

  constructor(scope: Construct, id: string, { stage, data, ...props }: ServiceStackProps) {
    super(scope, id, { description: `Weelo ${stage.name}: functions and APIs`, ...props });
    const { network, database } = data;
    const http = new HttpApi(this, 'HttpApi', { stage });
    const realtime = new RealtimeApi(this, 'RealtimeApi', { stage });
    this.hosts = { http: http.host, sockets: realtime.host };
    const { queueConcurrency: maxConcurrency } = stage;
    const dispatch = new WorkQueue(this, 'Dispatch', { worker: 'dispatch', maxConcurrency });
    const notify = new WorkQueue(this, 'Notify', { worker: 'notify', maxConcurrency });
    const domainEvents = new DomainEventBus(this, 'DomainEvents', { stage });
    const access = database.proxyAccess;
    const proxy =
      access && new DatabaseProxy(this, 'DatabaseProxy', { stage, network, database, access });

    const dataLayer = makeDataLayer(this, 'DataLayer');
    const testCodes = new TestCodes(this, 'TestCodes');
    const smoke = new SmokeRole(this, 'Smoke', { stage, testCodes });
    const made = { stage, data, proxy, dispatch, notify, realtime, domainEvents, dataLayer };
    const provisions = provisionsOf({ ...made, testCodes, httpUrl: http.url });
    const functions = new WeeloFunctions(this, 'Functions', { stage, network, provisions });
    this.prepare(stage, functions, proxy);

    this.connect({ http, realtime, queues: [dispatch, notify], functions });
    const reconciler = new Reconciler(this, 'Reconciler', { reconcile: functions.of('reconcile') });
    const walks = stage.walks && new Walks(this, 'Walks', { canary: functions.of('canary') });

    this.describeRelease(stage, functions, http);
    const working = [functions, reconciler, ...(walks ? [walks] : [])];
    const queues = [dispatch, notify];
    this.watch({ stage, data, http, realtime, queues }, functions, working);
    new SavedQueries(this, 'SavedQueries', { stage });
    this.print({
      HttpApiUrl: http.url,
      RealtimeApiUrl: realtime.url,
      EventBusName: domainEvents.bus.eventBusName,
      SmokeRoleArn: smoke.role.roleArn,
      TestCodesTable: testCodes.table.tableName,
    });
  }

  /** What the next release is compared with (tools/check-release.ts), and how this one goes live. */
  private describeRelease(stage: Stage, functions: WeeloFunctions, http: HttpApi): void {
    this.templateOptions.metadata = { WeeloMessages: queueSchemas() };
    if (!stage.gradualReleases) return;
    const serverErrors = http.metricServerErrors();
    const workers = (['dispatch', 'notify'] as const).map((name) => functions.of(name));
    const answering = functions.answering();
    const gradual = { stage, functions: answering, workers, serverErrors };
    new GradualReleases(this, 'GradualReleases', gradual);
  }

  private print(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** Has each part call the function that does its work. */
  private connect({ http, realtime, queues, functions }: Connected): void {
    for (const name of functionNames) {
      const served = routes.filter((route) => route.function === name);
      http.serve(served, functions.of(name));
    }
    realtime.serve({
      connect: functions.of('socket-connect'),
      disconnect: functions.of('socket-disconnect'),
      message: functions.of('socket-message'),
    });
    for (const queue of queues) queue.workedOffBy(functions.of(queue.worker));
  }

  /** The alarms that the parts declare, and the dashboard that shows them. */
  private watch(
    shown: Omit<DashboardProps, 'alarms'>,
    functions: WeeloFunctions,
    working: readonly Watched[],
  ): void {
    const { stage, data, http, realtime, queues } = shown;
    if (!stage.alarms || stage.alarmsTo === undefined) return;
    const stores = [data.database.server, data.cache, data.tables];
    const enders = (['orders', 'dispatch', 'reconcile'] as const).map((name) => functions.of(name));
    const declared = [
      ...[...queues, ...working, http, realtime, ...stores].flatMap((each) => each.alarms()),
      ...codeAlarms(functions.using('code-budget')),
      ...smsAlarms(stage),
      ...deliveryAlarms(functions.of('notify')),
      ...orderAlarms(stage, functions.of('orders')),
      ...deadlineAlarms(enders),
    ];
    const email = stage.alarmsTo;
    const observability = new Observability(this, 'Observability', { alarms: declared, email });
    const { topic, alarms } = observability;
    new Dashboard(this, 'Dashboard', { ...shown, alarms });
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

import { join } from 'node:path';
import { App, CustomResource, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import { HttpApi, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  GatewayVpcEndpointAwsService,
  type IVpc,
  InterfaceVpcEndpointAwsService,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import {
  CfnPermission,
  Code,
  Function,
  type FunctionProps,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { addAlarms } from './alarms.ts';

export interface FixtureChoices {
  /** The grant that the caller does without. Default: it has all. */
  readonly without?: 'dynamodb' | 'sqs' | 'secret' | 'events' | 'connections' | 'lambda';
  /** Paths of the permissions to invoke that are left out. Default: none are. */
  readonly withoutPermissions?: RegExp;
  /** Whether the caller runs in the VPC. Default: outside. */
  readonly inVpc?: boolean;
  /** Whether something watches. Default: nothing does. */
  readonly alarms?: boolean;
  /** Properties of the custom resource; none is made without. */
  readonly resource?: Readonly<Record<string, unknown>>;
}

/** Synthesizes the fixture into a folder: a small app that does everything the cloud must bear. */
export function synthesizeFixture(folder: string, choices: FixtureChoices = {}): string {
  const handlers = bundleHandlers(join(folder, 'handlers'));
  const layer = writeLayer(join(folder, 'layer'));
  const outdir = join(folder, 'cdk.out');
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  new FixtureStack(app, handlers).build(layer, choices);
  app.synth();
  return outdir;
}

function bundleHandlers(outdir: string): string {
  const names = ['behave', 'broken', 'call', 'work', 'front', 'layered', 'resource'];
  buildSync({
    entryPoints: names.map((name) => join(import.meta.dirname, `handlers/${name}.ts`)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // The SDK is Lambda's own, the greeting the layer's.
    external: ['@aws-sdk/*', '@fixture/greeting', 'zod'],
  });
  return outdir;
}

function writeLayer(folder: string): string {
  const module = join(folder, 'nodejs/node_modules/@fixture/greeting');
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, 'index.js'), "exports.greeting = 'hello from the layer';\n");
  return folder;
}

class FixtureStack extends Stack {
  private readonly handlers: string;

  constructor(app: App, handlers: string) {
    super(app, 'fixture', { env: { region: 'ap-south-1' } });
    this.handlers = handlers;
  }

  build(layer: string, choices: FixtureChoices): void {
    const layers = [new LayerVersion(this, 'Greeting', { code: Code.fromAsset(layer) })];
    const behave = this.lambda('behave', { timeout: Duration.seconds(2), memorySize: 160 });
    // Its time-out is longer than a busy machine needs to fill the memory.
    this.lambda('greedy', {
      handler: 'behave.handler',
      timeout: Duration.seconds(30),
      memorySize: 160,
    });
    this.lambda('layered', { layers });
    this.lambda('broken');
    this.lambda('reserved', { handler: 'behave.handler', reservedConcurrentExecutions: 1 });
    this.addFronts();
    this.addWorker();
    this.addCaller(behave, choices);
    if (choices.alarms) addAlarms(this);
    if (choices.resource) this.addResource(choices.resource);
    if (choices.withoutPermissions) this.dropPermissions(choices.withoutPermissions);
  }

  private dropPermissions(paths: RegExp): void {
    for (const { node } of this.node.findAll().filter((each) => each instanceof CfnPermission)) {
      if (paths.test(node.path)) node.scope?.node.tryRemoveChild(node.id);
    }
  }

  private lambda(name: string, props: Partial<FunctionProps> = {}): Function {
    return new Function(this, name, {
      functionName: `fixture-${name}`,
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromAsset(this.handlers),
      handler: `${name}.handler`,
      ...props,
    });
  }

  private addFronts(): void {
    const http = this.lambda('http', { handler: 'front.http' });
    const api = new HttpApi(this, 'HttpApi');
    api.addRoutes({ path: '/{proxy+}', integration: new HttpLambdaIntegration('Http', http) });
    const tick = this.lambda('tick', { handler: 'front.tick' });
    const schedule = Schedule.rate(Duration.hours(1));
    new Rule(this, 'Hourly', { schedule }).addTarget(new LambdaFunction(tick));
  }

  private addWorker(): void {
    const deadLetters = new Queue(this, 'DeadLetters');
    const queue = new Queue(this, 'Work', {
      visibilityTimeout: Duration.seconds(1),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
    });
    const source = new SqsEventSource(queue, { reportBatchItemFailures: true, maxConcurrency: 2 });
    this.lambda('work', { timeout: Duration.seconds(1) }).addEventSource(source);
  }

  private addCaller(behave: Function, { without, inVpc = false }: FixtureChoices): void {
    const vpc = isolatedVpc(this);
    const table = new Table(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'endsAt',
    });
    const queue = new Queue(this, 'Plain');
    const secret = new Secret(this, 'Secret', {
      secretStringValue: SecretValue.unsafePlainText('from the template'),
    });
    const { stage } = addSockets(this, this.lambda('socket', { handler: 'front.socket' }));
    const caller = this.lambda('call', {
      memorySize: 512,
      timeout: Duration.seconds(10),
      environment: {
        TABLE: table.tableName,
        QUEUE_URL: queue.queueUrl,
        SECRET_ARN: secret.secretArn,
        BEHAVE_ARN: behave.functionArn,
        CONNECTIONS_URL: stage.callbackUrl,
      },
      ...(inVpc && { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }),
    });
    const grants = {
      dynamodb: () => table.grantReadWriteData(caller),
      sqs: () => queue.grantSendMessages(caller),
      secret: () => [secret.grantRead(caller), secret.grantWrite(caller)],
      events: () => EventBus.fromEventBusName(this, 'Bus', 'default').grantPutEventsTo(caller),
      connections: () => stage.grantManagementApiAccess(caller),
      lambda: () => behave.grantInvoke(caller),
    };
    for (const [name, grant] of Object.entries(grants)) if (name !== without) grant();
  }

  private addResource(properties: Readonly<Record<string, unknown>>): void {
    const onEventHandler = this.lambda('resource');
    const { serviceToken } = new Provider(this, 'Provider', { onEventHandler });
    const resource = new CustomResource(this, 'Resource', {
      serviceToken,
      resourceType: 'Custom::Fixture',
      properties: { ...properties },
    });
    const environment = { GREETING: resource.getAttString('Greeting') };
    this.lambda('greeted', { handler: 'behave.handler', environment });
  }
}

function addSockets(scope: Construct, socket: Function) {
  const webSocketApi = new WebSocketApi(scope, 'Sockets');
  const integration = new WebSocketLambdaIntegration('Socket', socket);
  webSocketApi.addRoute('$connect', { integration });
  webSocketApi.addRoute('$default', { integration, returnResponse: true });
  const stage = new WebSocketStage(scope, 'SocketStage', {
    webSocketApi,
    stageName: 'ws',
    autoDeploy: true,
  });
  return { stage };
}

function isolatedVpc(scope: Construct): IVpc {
  const vpc = new Vpc(scope, 'Vpc', {
    natGateways: 0,
    availabilityZones: ['ap-south-1a'],
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
    gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
  });
  vpc.addInterfaceEndpoint('Sqs', { service: InterfaceVpcEndpointAwsService.SQS });
  // The class and its interface tell absent properties from undefined ones differently.
  return vpc as IVpc;
}

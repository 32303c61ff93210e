import { mkdtemp } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudServices } from './services/cloud-services.ts';
import { type AwsEndpoint, startAwsEndpoint } from './services/endpoint.ts';
import { NetworkRules } from './access/network-rules.ts';
import { Policies } from './access/policies.ts';
import { SecretStore } from './engines/secret-store.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { ResponseDesk } from './custom-resources/response-desk.ts';
import { ResourceStates } from './custom-resources/resource-state.ts';
import type { CloudStatus } from './status.ts';
import { EventSources } from './events/event-sources.ts';
import type { Connections } from './gateway/connections.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { templateApis } from './gateway/template-apis.ts';
import { FunctionPolicies } from './lambda/function-policies.ts';
import type { FunctionSettings } from './lambda/function-settings.ts';
import {
  type FunctionProcess,
  type FunctionReport,
  Functions,
  type LogLine,
} from './lambda/functions.ts';
import type { InvokeResult } from './lambda/invoke.ts';
import { makeRuntimeFolder, type RuntimeFolder } from './lambda/runtime-folder.ts';
import { hireUndertaker, type Undertaker } from './lambda/undertaker.ts';
import { makeOutside, type Outside } from './outside/outside.ts';
import { Stoppers } from './start/stoppers.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';
import { CloudValues } from './template/cloud-values.ts';
import { Deployment } from './deployment/deployment.ts';
import { type Engines, startEngines } from './deployment/engines.ts';
import type { Addresses } from './template/resource-types.ts';

export interface CloudOptions {
  /** The folder of a synthesized app: its templates and assets. */
  readonly assembly: string;
  /** Where data is kept; made by the caller. Default: nowhere, it ends with the cloud. */
  readonly dataFolder?: string;
  /** Where the gateway listens on 127.0.0.1. Default: any free port. */
  readonly port?: number;
  /** Paths whose upgrades go to the WebSocket API. Default: that of its stage. */
  readonly webSocketPaths?: readonly string[];
  /** Variables that take base URLs of what is not AWS, and the host that each stands for. */
  readonly baseUrls?: Readonly<Record<string, string>>;
  /** Variables that every function gets beside the template's. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Environments of one function at most. Default: 10. */
  readonly mostEnvironments?: number;
  /** Routes of this machine alone, which the gateway asks first. Default: none. */
  readonly devRoutes?: (outside: Outside, status: () => CloudStatus) => DevRoutes;
  readonly onLog?: (line: LogLine) => void;
  /** Hears in a sentence what is being done, and of every call that was refused. */
  readonly onNotice?: (sentence: string) => void;
}

type DevRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A deployed app, on this machine. */
export interface Cloud {
  readonly origin: string;
  /** Where calls of AWS clients go. */
  readonly awsEndpoint: string;
  readonly engines: Engines;
  readonly outside: Outside;
  readonly connections: Connections | undefined;
  /** What the template's resources are here. */
  readonly values: CloudValues;
  readonly invoke: (functionName: string, event: unknown) => Promise<InvokeResult>;
  /** Runs a schedule now; it is called by the end of its construct's path. */
  readonly fire: (schedule: string) => Promise<readonly InvokeResult[]>;
  readonly functions: () => readonly FunctionReport[];
  readonly processOf: (functionName: string) => FunctionProcess;
  readonly settings: () => readonly FunctionSettings[];
  /** Gives a function new environments, after its code changed. */
  readonly renew: (functionName: string) => Promise<void>;
  readonly status: () => CloudStatus;
  readonly stop: () => Promise<void>;
}

/** Runs a synthesized app as AWS would, until it is stopped. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stoppers = new Stoppers();
  try {
    const ground = await layGround(options, stoppers);
    return await raise(ground, options, stoppers);
  } catch (error) {
    await stoppers.stop();
    throw error;
  }
}

/** What stands before the first resource is made. */
interface Ground {
  readonly assembly: Assembly;
  readonly engines: Engines;
  readonly endpoint: AwsEndpoint;
  readonly runtime: RuntimeFolder;
  readonly undertaker: Undertaker;
}

async function layGround(options: CloudOptions, stoppers: Stoppers): Promise<Ground> {
  const scratch = await mkdtemp(join(tmpdir(), 'local-cloud-'));
  const undertaker = hireUndertaker(scratch);
  stoppers.add(undertaker.stop);
  const assembly = await readAssembly(options.assembly);
  const engines = startEngines(assembly, options.dataFolder);
  const [runtime, endpoint] = await Promise.all([makeRuntimeFolder(scratch), startAwsEndpoint()]);
  stoppers.add(endpoint.stop);
  const started = await engines;
  stoppers.add(started.stop);
  return { assembly, engines: started, endpoint, runtime, undertaker };
}

async function raise(ground: Ground, options: CloudOptions, stoppers: Stoppers): Promise<Cloud> {
  const { assembly, engines, endpoint } = ground;
  const { onNotice = () => undefined } = options;
  const kept = keeper(options.dataFolder);
  const secrets = new SecretStore(kept('secrets.json'));
  const states = new ResourceStates(kept('custom-resources.json'));
  const values = new CloudValues({
    assembly,
    addresses: addressesOf(engines, endpoint.origin),
    readSecret: (arn) => secrets.textOf(arn),
  });
  const functions = makeFunctions(ground, options, values);
  stoppers.add(() => functions.stop());

  const policies = new Policies(values);
  const outside = makeOutside();
  const desk = new ResponseDesk(assembly.account);
  const apis = templateApis(values);
  let gateway: Gateway | undefined;
  const connections = () => gateway?.connections;
  const { webSocketApi } = apis;
  endpoint.open({
    account: assembly.account,
    callerWithKey: (key) => functions.byAccessKey(key),
    callerNamed: (name) => functions.find(name),
    policies,
    network: new NetworkRules(values),
    services: [
      ...cloudServices({ engines, secrets, functions, webSocketApi, connections }),
      ...outside.services,
    ],
    hosts: outside.hosts,
    openHosts: { [desk.host]: (request) => desk.take(request) },
    faults: outside.faults,
    onRefusal: onNotice,
  });

  const customResources = new CustomResources({ values, functions, desk, states, say: onNotice });
  const made = { assembly, values, engines, secrets, functions, customResources, say: onNotice };
  const deployment = new Deployment(made);
  await deployment.run();

  const { timesToLive } = deployment;
  const problems = { onProblem: onNotice };
  const functionPolicies = new FunctionPolicies(values);
  const sources = new EventSources({
    values,
    engines,
    functions,
    policies,
    functionPolicies,
    timesToLive,
    ...problems,
  });
  const status = (): CloudStatus => ({
    parts: partsOf(gateway?.origin, endpoint, engines),
    functions: functions.report().map((each) => ({ ...each })),
    schedules: sources.schedules.paths,
  });
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  gateway = await startGateway({
    port: options.port ?? 0,
    invoke: functionPolicies.guard('apigateway.amazonaws.com', invoke),
    ...apis,
    ...(options.webSocketPaths && { webSocketPaths: options.webSocketPaths }),
    ...(options.devRoutes && { devRoutes: options.devRoutes(outside, status) }),
    account: assembly.account,
    ...problems,
  });
  stoppers.add(gateway.stop);
  sources.start();
  stoppers.add(() => sources.stop());
  return {
    origin: gateway.origin,
    awsEndpoint: endpoint.origin,
    engines,
    outside,
    connections: gateway.connections,
    values,
    invoke,
    fire: (name) => sources.schedules.fire(name),
    functions: () => functions.report(),
    processOf: (name) => functions.processOf(name),
    settings: () => functions.settings(),
    renew: (name) => functions.renew(name),
    status,
    stop: () => stoppers.stop(),
  };
}

function makeFunctions(
  { assembly, endpoint, runtime, undertaker }: Ground,
  options: CloudOptions,
  values: CloudValues,
): Functions {
  const { postgres, redis } = values.addresses;
  const { onLog = () => undefined, variables, baseUrls = {}, mostEnvironments } = options;
  const outsideOf = (functionName: string) =>
    Object.entries(baseUrls).map(
      ([variable, host]) =>
        [
          variable,
          `${endpoint.origin}/outside/${encodeURIComponent(functionName)}/${host}`,
        ] as const,
    );
  return new Functions({
    account: assembly.account,
    endpoint: endpoint.origin,
    runtime,
    undertaker,
    vpcPorts: [postgres.port, redis.port],
    variablesFor: (name) => ({ ...variables, ...Object.fromEntries(outsideOf(name)) }),
    hasWayOut: new NetworkRules(values).hasWayOut,
    onLog,
    ...(mostEnvironments !== undefined && { mostEnvironments }),
  });
}

function addressesOf({ postgres, redis }: Engines, aws: string): Addresses {
  const { hostname, port } = new URL(redis?.url ?? NOWHERE);
  return {
    postgres: { host: postgres?.host ?? '127.0.0.1', port: postgres?.port ?? 0 },
    redis: { host: hostname, port: Number(port) },
    aws,
  };
}

/** Where an engine is that the template does not need. */
const NOWHERE = 'redis://127.0.0.1:0';

function partsOf(
  gateway: string | undefined,
  { origin }: AwsEndpoint,
  { postgres, redis, dynamodb, sqs }: Engines,
): CloudStatus['parts'] {
  const parts = {
    gateway,
    'aws endpoint': origin,
    postgres: postgres && `postgres://${postgres.host}:${postgres.port}`,
    redis: redis?.url,
    dynamodb: dynamodb?.endpoint,
    sqs: sqs?.endpoint,
  };
  return Object.entries(parts).flatMap(([name, address]) =>
    address === undefined ? [] : [{ name, address }],
  );
}

function keeper(dataFolder: string | undefined): (name: string) => string | undefined {
  return (name) => (dataFolder === undefined ? undefined : join(dataFolder, name));
}

import { deploy, openEndpoint } from './deploy.ts';
import type { Engines } from './deployment/engines.ts';
import { EventSources } from './events/event-sources.ts';
import type { Connections } from './gateway/connections.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { type Ground, layGround } from './ground.ts';
import { FunctionPolicies } from './lambda/function-policies.ts';
import type { FunctionSettings } from './lambda/function-settings.ts';
import type { FunctionProcess, FunctionReport, Functions } from './lambda/functions.ts';
import type { InvokeResult } from './lambda/invoke.ts';
import type { CloudOptions } from './options.ts';
import type { Outside } from './outside/outside.ts';
import { makeParts } from './parts.ts';
import { Stoppers } from './start/stoppers.ts';
import type { CloudStatus } from './status.ts';
import { tellStatus } from './tell-status.ts';
import type { CloudValues } from './template/cloud-values.ts';

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
  /** Gives a secret of the template a value, as an operator would. */
  readonly writeSecret: (arn: string, text: string) => void;
  readonly settings: () => readonly FunctionSettings[];
  /** Gives a function new environments, after its code changed. */
  readonly renew: (functionName: string) => Promise<void>;
  /** Ends a function's environments as they are, also in the middle of an event, as when their machine fails. */
  readonly kill: (functionName: string) => void;
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

/** Each step needs what the one before it made: resources, then what calls them, then the gateway. */
async function raise(ground: Ground, options: CloudOptions, stoppers: Stoppers): Promise<Cloud> {
  const { onNotice = () => undefined } = options;
  const { engines, endpoint } = ground;
  const parts = makeParts(ground, options);
  const { values, functions, policies, outside } = parts;
  stoppers.add(() => functions.stop());

  let gateway: Gateway | undefined;
  openEndpoint(ground, parts, () => gateway?.connections, onNotice);
  const timesToLive = await deploy(ground, parts, onNotice);

  const functionPolicies = new FunctionPolicies(values);
  const onProblem = onNotice;
  const called = { values, engines, functions, policies, functionPolicies };
  const sources = new EventSources({ ...called, timesToLive, onProblem });
  const status = () => tellStatus(ground, functions, sources, gateway?.origin);
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  gateway = await startGateway({
    port: options.port ?? 0,
    invoke: functionPolicies.guard('apigateway.amazonaws.com', invoke),
    ...parts.apis,
    ...(options.webSocketPaths && { webSocketPaths: options.webSocketPaths }),
    ...(options.limits && { limits: options.limits }),
    ...(options.devRoutes && { devRoutes: options.devRoutes(outside, status) }),
    account: ground.assembly.account,
    onProblem,
  });
  stoppers.add(gateway.stop);
  sources.start();
  stoppers.add(() => sources.stop());
  const { origin, connections } = gateway;
  return {
    origin,
    awsEndpoint: endpoint.origin,
    engines,
    outside,
    connections,
    values,
    invoke,
    status,
    fire: (name) => sources.schedules.fire(name),
    writeSecret: (arn, text) => void parts.secrets.put(arn, { text }),
    ...functionsOf(functions),
    stop: () => stoppers.stop(),
  };
}

function functionsOf(
  functions: Functions,
): Pick<Cloud, 'functions' | 'processOf' | 'settings' | 'renew' | 'kill'> {
  return {
    functions: () => functions.report(),
    processOf: (name) => functions.processOf(name),
    settings: () => functions.settings(),
    renew: (name) => functions.renew(name),
    kill: (name) => functions.kill(name),
  };
}

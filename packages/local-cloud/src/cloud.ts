import { deploy, openEndpoint } from './deploy.ts';
import type { Engines } from './deployment/engines.ts';
import { EventSources } from './events/event-sources.ts';
import type { Connections } from './gateway/connections.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway/gateway.ts';
import { type Ground, layGround } from './ground.ts';
import { FunctionPolicies } from './lambda/function-policies.ts';
import type { FunctionSettings } from './lambda/function-settings.ts';
import type { FunctionProcess, FunctionReport, Functions } from './lambda/functions.ts';
import type { InvokeResult } from './lambda/invoke.ts';
import type { CloudOptions } from './options.ts';
import type { Outside } from './outside/outside.ts';
import { makeParts, type Parts } from './parts.ts';
import { Redeployment } from './redeploy.ts';
import { startWatch } from './start-watch.ts';
import { Stoppers } from './start/stoppers.ts';
import type { CloudStatus } from './status.ts';
import { tellStatus } from './tell-status.ts';
import type { CloudValues } from './template/cloud-values.ts';
import type { Watch } from './watch/watch.ts';

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
  /** Metrics and alarms, by a clock that can be put forward. */
  readonly watch: Watch;
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
  /**
   * Deploys a template over this one while it runs: custom resources first, then the functions. An alias with a deployment
   * group of CodeDeploy moves in two steps, by the watch's clock. If anything fails, or one of the group's alarms rings,
   * all goes back, and the error says why.
   */
  readonly deploy: (assembly: string) => Promise<void>;
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
  const { engines } = ground;
  const parts = makeParts(ground, options);
  const { values, functions, policies, watch } = parts;
  stoppers.add(() => functions.stop());

  let gateway: Gateway | undefined;
  let callers: EventSources | undefined;
  const open = () =>
    openEndpoint(
      ground,
      parts,
      () => gateway,
      () => callers,
      onNotice,
    );
  open();
  const timesToLive = await deploy(ground, parts, onNotice);

  const functionPolicies = new FunctionPolicies(values);
  const onProblem = onNotice;
  const called = { values, engines, functions, policies, functionPolicies };
  const sources = new EventSources({ ...called, timesToLive, watch, onProblem });
  const status = () => tellStatus(ground, parts, sources, gateway?.origin);
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  gateway = await startGateway({
    ...gatewayOptions(options, parts, status),
    invoke: functionPolicies.guard('apigateway.amazonaws.com', invoke),
    onProblem,
  });
  stoppers.add(gateway.stop);
  callers = sources;
  sources.start();
  stoppers.add(() => sources.stop());
  startWatch(ground, parts, sources, onProblem);
  stoppers.add(() => watch.stop());
  const redeployment = { ground, parts, functionPolicies, sources, gateway, openEndpoint: open };
  const { deploy: deployAgain } = new Redeployment({ ...redeployment, say: onNotice });
  const cloud = cloudOf(ground, parts, sources, gateway);
  // Spread out, its values would be those of the first template for ever.
  return Object.assign(cloud, { status, deploy: deployAgain, stop: () => stoppers.stop() });
}

function cloudOf(
  { engines, endpoint }: Ground,
  parts: Parts,
  sources: EventSources,
  { origin, connections }: Gateway,
): Omit<Cloud, 'status' | 'deploy' | 'stop'> {
  const { functions, outside, watch, secrets } = parts;
  return {
    origin,
    awsEndpoint: endpoint.origin,
    engines,
    outside,
    connections,
    get values() {
      return parts.values;
    },
    watch,
    invoke: (name, event) => functions.invoke(name, event),
    fire: (name) => sources.schedules.fire(name),
    writeSecret: (arn, text) => void secrets.put(arn, { text }),
    ...functionsOf(functions),
  };
}

function gatewayOptions(
  { port = 0, webSocketPaths, limits, devRoutes }: CloudOptions,
  { apis, values, outside, watch, functions }: Parts,
  status: () => CloudStatus,
): Omit<GatewayOptions, 'invoke' | 'onProblem'> {
  return {
    port,
    ...apis,
    ...(webSocketPaths && { webSocketPaths }),
    ...(limits && { limits }),
    ...(devRoutes && { devRoutes: devRoutes(outside, status, () => functions.kept()) }),
    account: values.account,
    onRequest: watch.services.requested,
    onSocket: watch.services.onSocket,
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

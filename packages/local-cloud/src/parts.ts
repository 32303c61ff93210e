import { join } from 'node:path';
import { NetworkRules } from './access/network-rules.ts';
import { Policies } from './access/policies.ts';
import { ResourceStates } from './custom-resources/resource-state.ts';
import { ResponseDesk } from './custom-resources/response-desk.ts';
import type { Engines } from './deployment/engines.ts';
import { SecretStore } from './engines/secret-store.ts';
import type { ApiDescriptions } from './gateway/describe.ts';
import { templateApis } from './gateway/template-apis.ts';
import type { Ground } from './ground.ts';
import { Functions } from './lambda/functions.ts';
import type { CloudOptions } from './options.ts';
import { makeOutside, type Outside } from './outside/outside.ts';
import { CloudValues } from './template/cloud-values.ts';
import type { Addresses } from './template/resource-types.ts';
import { LogBook } from './services/operators/logs.ts';
import { Watchman } from './watch/watch.ts';

/** What the template's resources are put into, and what decides about them. */
export interface Parts {
  /** Of the template that is deployed: a second deployment replaces them, and the APIs. */
  values: CloudValues;
  readonly secrets: SecretStore;
  readonly states: ResourceStates;
  readonly functions: Functions;
  readonly policies: Policies;
  readonly outside: Outside;
  readonly desk: ResponseDesk;
  apis: ApiDescriptions;
  readonly watch: Watchman;
  readonly logs: LogBook;
}

export function makeParts(ground: Ground, options: CloudOptions): Parts {
  const { assembly, engines, endpoint } = ground;
  const kept = keeper(options.dataFolder);
  const secrets = new SecretStore(kept('secrets.json'));
  const values = new CloudValues({
    assembly,
    addresses: addressesOf(engines, endpoint.origin),
    readSecret: (arn) => secrets.textOf(arn),
  });
  const watch = new Watchman();
  const logs = new LogBook();
  return {
    values,
    watch,
    logs,
    secrets,
    states: new ResourceStates(kept('custom-resources.json')),
    functions: makeFunctions(ground, options, values, { watch, logs }),
    policies: new Policies(values),
    outside: makeOutside(),
    desk: new ResponseDesk(assembly.account),
    apis: templateApis(values),
  };
}

function makeFunctions(
  { assembly, endpoint, runtime, undertaker }: Ground,
  options: CloudOptions,
  values: CloudValues,
  { watch, logs }: Pick<Parts, 'watch' | 'logs'>,
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
    onLog: (line) => {
      watch.hear(line.line);
      logs.keep(line.functionName, line.line);
      onLog(line);
    },
    onInvocation: watch.services.invoked,
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

function keeper(dataFolder: string | undefined): (name: string) => string | undefined {
  return (name) => (dataFolder === undefined ? undefined : join(dataFolder, name));
}

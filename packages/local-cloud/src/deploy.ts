import { NetworkRules } from './access/network-rules.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { Deployment } from './deployment/deployment.ts';
import type { TimeToLive } from './deployment/make-tables.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Ground } from './ground.ts';
import type { Parts } from './parts.ts';
import { apiHost } from './services/api-host.ts';
import { type Callers, cloudServices } from './services/cloud-services.ts';

type Say = (sentence: string) => void;

/** From now on calls of AWS clients are answered. */
export function openEndpoint(
  { assembly, engines, endpoint }: Ground,
  { values, secrets, functions, policies, outside, desk, apis, logs, watch }: Parts,
  /** Undefined until it listens. */
  gateway: () => Gateway | undefined,
  callers: () => Callers | undefined,
  onRefusal: Say,
): void {
  const { httpApi, webSocketApi } = apis;
  const { account } = assembly;
  const made = { engines, values, secrets, functions, logs, metrics: watch.metrics };
  const connections = () => gateway()?.connections;
  endpoint.open({
    account,
    callerWithKey: (key) => functions.byAccessKey(key),
    callerNamed: (name) => functions.find(name),
    policies,
    network: new NetworkRules(values),
    services: [
      ...cloudServices({ ...made, webSocketApi, connections, callers }),
      ...outside.services,
    ],
    hosts: outside.hosts,
    openHosts: {
      [desk.host]: (request) => desk.take(request),
      ...(httpApi && apiHost(httpApi, account, () => gateway()?.origin)),
    },
    faults: outside.faults,
    onRefusal,
  });
}

/** Makes the template's resources; answers with the tables whose items end by themselves. */
export async function deploy(
  { assembly, engines }: Ground,
  { values, secrets, functions, desk, states }: Parts,
  say: Say,
): Promise<readonly TimeToLive[]> {
  const customResources = new CustomResources({ values, functions, desk, states, say });
  const made = { assembly, values, engines, secrets, functions, customResources, say };
  const deployment = new Deployment(made);
  await deployment.run();
  return deployment.timesToLive;
}

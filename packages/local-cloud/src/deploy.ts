import { NetworkRules } from './access/network-rules.ts';
import { CustomResources } from './custom-resources/custom-resources.ts';
import { Deployment } from './deployment/deployment.ts';
import type { TimeToLive } from './deployment/make-tables.ts';
import type { Connections } from './gateway/connections.ts';
import type { Ground } from './ground.ts';
import type { Parts } from './parts.ts';
import { cloudServices } from './services/cloud-services.ts';

type Say = (sentence: string) => void;

/** From now on calls of AWS clients are answered. */
export function openEndpoint(
  { assembly, engines, endpoint }: Ground,
  { values, secrets, functions, policies, outside, desk, apis }: Parts,
  connections: () => Connections | undefined,
  onRefusal: Say,
): void {
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

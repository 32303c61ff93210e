import { afterAll } from 'vitest';
import { startAwsEndpoint, type EndpointRules } from '../src/services/endpoint.ts';
import type { PlayedService } from '../src/protocol/played-service.ts';
import { makeOutside } from '../src/outside/outside.ts';

export interface Asked {
  readonly action: string;
  readonly resource: string;
}

/**
 * The played world behind the real endpoint, for one function that may do and reach everything. What it
 * was asked permission for is in `asked`, newest first.
 */
export async function reachOutside(now: () => Date, more: readonly PlayedService[] = []) {
  const outside = makeOutside({ now });
  const asked: Asked[] = [];
  const endpoint = await startAwsEndpoint();
  afterAll(endpoint.stop);
  const caller = { name: 'test', roleArn: 'arn:aws:iam::000000000000:role/test', insideVpc: false };
  const reachable = { refusalOf: () => undefined, refusalOfHost: () => undefined };
  endpoint.open({
    ...outside,
    account: { accountId: '000000000000', region: 'ap-south-1' },
    callerWithKey: () => caller as ReturnType<EndpointRules['callerWithKey']>,
    callerNamed: () => caller as ReturnType<EndpointRules['callerNamed']>,
    policies: {
      refusalOf: ({ action, resource }: Asked) => {
        asked.unshift({ action, resource });
        return undefined;
      },
    } as unknown as EndpointRules['policies'],
    network: reachable as unknown as EndpointRules['network'],
    services: [...outside.services, ...more],
    openHosts: {},
    onRefusal: () => undefined,
  });
  return {
    outside,
    asked,
    host: (name: string) => `${endpoint.origin}/outside/test/${name}`,
    client: {
      endpoint: endpoint.origin,
      region: 'ap-south-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
  };
}

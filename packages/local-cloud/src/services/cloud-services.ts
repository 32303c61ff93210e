import type { Connections } from '../gateway/connections.ts';
import type { WebSocketApiDescription } from '../gateway/descriptions.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Engines } from '../deployment/engines.ts';
import { playConnections } from './connections.ts';
import { forwardDynamoDb } from './dynamodb.ts';
import { playLambda } from './lambda-api.ts';
import type { PlayedService } from '../protocol/played-service.ts';
import type { SecretStore } from '../engines/secret-store.ts';
import { playSecretsManager } from './secrets-manager.ts';
import { forwardSqs } from './sqs.ts';

export interface CloudServicesProps {
  readonly engines: Engines;
  readonly secrets: SecretStore;
  readonly functions: Functions;
  readonly webSocketApi: WebSocketApiDescription | undefined;
  /** Undefined until the gateway listens. */
  readonly connections: () => Connections | undefined;
}

/** The services of AWS that belong to the template's own resources. */
export function cloudServices(props: CloudServicesProps): readonly PlayedService[] {
  const { engines, secrets, functions, webSocketApi, connections } = props;
  return [
    ...(engines.dynamodb ? [forwardDynamoDb(engines.dynamodb.endpoint)] : []),
    ...(engines.sqs ? [forwardSqs(engines.sqs.endpoint)] : []),
    playSecretsManager(secrets),
    playLambda(functions),
    ...(webSocketApi
      ? [playConnections({ apiId: webSocketApi.apiId, stage: webSocketApi.stage, connections })]
      : []),
  ];
}

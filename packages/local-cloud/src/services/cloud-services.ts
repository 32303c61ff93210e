import type { Connections } from '../gateway/connections.ts';
import type { WebSocketApiDescription } from '../gateway/descriptions.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Engines } from '../deployment/engines.ts';
import { playConnections } from './connections.ts';
import { forwardDynamoDb } from './dynamodb.ts';
import { playLambda } from './lambda-api.ts';
import { type MappingSwitches, playLambdaSettings } from './operators/lambda-settings.ts';
import { type LogBook, playLogs } from './operators/logs.ts';
import { playMetricData } from './operators/metric-data.ts';
import { playRds } from './operators/rds.ts';
import { playRules, type RuleSwitches } from './operators/rules.ts';
import type { PlayedService } from '../protocol/played-service.ts';
import type { SecretStore } from '../engines/secret-store.ts';
import { playSecretsManager } from './secrets-manager.ts';
import { forwardSqs } from './sqs.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import type { Metrics } from '../watch/metrics.ts';

export interface CloudServicesProps {
  readonly engines: Engines;
  readonly values: CloudValues;
  readonly secrets: SecretStore;
  readonly functions: Functions;
  readonly webSocketApi: WebSocketApiDescription | undefined;
  /** Undefined until the gateway listens. */
  readonly connections: () => Connections | undefined;
  readonly logs: LogBook;
  readonly metrics: Metrics;
  /** What calls functions by itself; undefined until it does. */
  readonly callers: () => Callers | undefined;
}

/** What operators switch on and off. */
export interface Callers {
  readonly schedules: RuleSwitches;
  readonly queues: MappingSwitches;
}

/** The services of AWS that belong to the template's own resources. */
export function cloudServices(props: CloudServicesProps): readonly PlayedService[] {
  const { engines, values, secrets, functions, logs, metrics } = props;
  const { webSocketApi, connections, callers } = props;
  return [
    ...(engines.dynamodb ? [forwardDynamoDb(engines.dynamodb)] : []),
    ...(engines.sqs ? [forwardSqs(engines.sqs)] : []),
    playSecretsManager(secrets),
    playLambda(functions),
    playLambdaSettings({ functions, mappings: () => callers()?.queues }),
    playRules(() => callers()?.schedules),
    playLogs({ functions, book: logs, values }),
    playMetricData(metrics),
    ...(engines.postgres ? [playRds(engines.postgres, values)] : []),
    ...(webSocketApi
      ? [playConnections({ apiId: webSocketApi.apiId, stage: webSocketApi.stage, connections })]
      : []),
  ];
}

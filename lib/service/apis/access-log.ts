import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { makeLog } from '../../parts/log.ts';
import type { Stage } from '../../parts/stage.ts';

export interface AccessLogProps {
  readonly stage: Stage;
  /** The last part of the log group's name. */
  readonly name: string;
  /** The fields of API Gateway's `$context` that a line has in addition to the common ones. */
  readonly fields: readonly string[];
}

const common = [
  'requestId',
  'requestTime',
  'routeKey',
  'status',
  'integrationLatency',
  'integrationErrorMessage',
  'identity.sourceIp',
  'identity.userAgent',
];

/** One line of JSON per request. Path and query are left out, because they contain ids, phones and tickets. */
export function accessLog(scope: Construct, id: string, props: AccessLogProps): IAccessLogSettings {
  const { stage, name, fields } = props;
  const logGroup = makeLog(scope, id, { stage, name });
  const line = [...common, ...fields].map((each) => [
    each.replace('identity.', ''),
    `$context.${each}`,
  ]);
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify(Object.fromEntries(line))),
  };
}

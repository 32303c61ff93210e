import { join } from 'node:path';
import type { Account } from '../protocol/played-service.ts';
import type { FunctionSettings } from './function-settings.ts';

export interface VariablesProps {
  readonly settings: FunctionSettings;
  readonly version: string;
  readonly account: Account;
  /** The local AWS endpoint. */
  readonly endpoint: string;
  /** Where the SDK lies that Lambda's runtime brings along. */
  readonly runtimeFolder: string;
  readonly logStream: string;
  /** What the local cloud adds, such as base URLs of what is not AWS. */
  readonly more: Readonly<Record<string, string>>;
}

/** An environment's variables: the template's, and those that Lambda sets itself. */
export function variablesFor(props: VariablesProps): Record<string, string> {
  const { settings, version, account, endpoint, runtimeFolder, logStream, more } = props;
  const ofLambda = {
    _HANDLER: settings.handler,
    AWS_ACCESS_KEY_ID: settings.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'only-on-this-machine',
    AWS_SESSION_TOKEN: 'only-on-this-machine',
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
    AWS_LAMBDA_LOG_LEVEL: settings.logLevel,
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: settings.taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeFolder,
    NODE_PATH: nodePath(settings, runtimeFolder),
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // The home of Lambda's user does not exist: the SDK must not find the developer's ~/.aws.
    HOME: '/home/sbx_user1051',
  };
  // Lambda refuses a template that sets one of its own.
  return { ...settings.variables, ...more, ...ofLambda, AWS_ENDPOINT_URL: endpoint };
}

/** Layers lie one over the other, so that of two the later one's files are found first. */
function nodePath({ layers }: FunctionSettings, runtimeFolder: string): string {
  const opt = layers.toReversed();
  return [
    ...opt.map((layer) => join(layer, 'nodejs/node24/node_modules')),
    ...opt.map((layer) => join(layer, 'nodejs/node_modules')),
    join(runtimeFolder, 'node_modules'),
  ].join(':');
}

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Assembly, Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

/** A function of the template, as it is to run. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** The folder that Lambda lays out at /var/task. */
  readonly taskRoot: string;
  /** Folders that Lambda lays out at /opt, one over the other in this order. */
  readonly layers: readonly string[];
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
  /** The template's variables, and no others. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly logLevel: string;
  readonly insideVpc: boolean;
  readonly roleArn: string;
  /** So that whoever gets its calls knows whose they are. */
  readonly accessKeyId: string;
  readonly reservedConcurrency: number | undefined;
  /** How often, and how late, Lambda tries again what was invoked without waiting: by alias or version. */
  readonly retries: Readonly<Record<string, Retries>>;
}

interface Retries {
  readonly attempts: number;
  readonly oldestMs: number;
}

const LATEST = '$LATEST';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Code = z.object({ S3Key: z.string() });

const Properties = z.object({
  Code,
  Handler: z.string().optional(),
  Runtime: z.string().optional(),
  PackageType: z.string().default('Zip'),
  Role: z.string(),
  Layers: z.array(z.string()).default([]),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), scalar).default({}) }).optional(),
  LoggingConfig: z
    .object({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: z.string().default('INFO'),
    })
    .optional(),
  VpcConfig: z.object({ SubnetIds: z.array(z.unknown()).default([]) }).optional(),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
});

const InvokeConfig = z.object({
  FunctionName: z.string(),
  Qualifier: z.string().default(LATEST),
  MaximumRetryAttempts: z.coerce.number().default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(21_600),
});

/** Reads a function out of the template; what it refers to must have its values by now. */
export function settingsOf(
  resource: Resource,
  values: CloudValues,
  assets: Assembly['assets'],
): FunctionSettings {
  const properties = Properties.parse(values.properties(resource));
  const { Handler, Runtime, Timeout, MemorySize, Environment, LoggingConfig } = properties;
  const name = values.refOf(resource);
  if (!Handler || !Runtime?.startsWith('nodejs')) {
    throw new Error(`${name} is no Node.js function in a zip: only those run on this machine.`);
  }
  return {
    name,
    arn: values.arnOf(resource),
    taskRoot: assetOf(properties.Code, assets, name),
    layers: properties.Layers.map((arn) => folderOfLayer(arn, values, assets)),
    handler: Handler,
    timeoutMs: Timeout * 1000,
    memoryMegabytes: MemorySize,
    variables: Environment?.Variables ?? {},
    logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: LoggingConfig?.LogFormat ?? 'Text',
    logLevel: LoggingConfig?.ApplicationLogLevel ?? 'INFO',
    insideVpc: (properties.VpcConfig?.SubnetIds.length ?? 0) > 0,
    roleArn: properties.Role,
    accessKeyId: `ASIA${createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase()}`,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    retries: retriesIn(values, name),
  };
}

function assetOf({ S3Key }: z.output<typeof Code>, assets: Assembly['assets'], of: string): string {
  const folder = assets.get(S3Key);
  if (folder !== undefined) return folder;
  throw new Error(`The code of ${of} (${S3Key}) is not among the assembly's assets.`);
}

function folderOfLayer(arn: string, values: CloudValues, assets: Assembly['assets']): string {
  const layer = values
    .resources('AWS::Lambda::LayerVersion')
    .find((each) => values.refOf(each) === arn);
  if (!layer)
    throw new Error(`The layer ${arn} is not in the template: only such layers run here.`);
  return assetOf(Code.parse(values.property(layer, 'Content')), assets, arn);
}

/** Of a call of an alias or a version, or of neither. What is configured for one is not for another. */
export function retriesOf({ retries }: FunctionSettings, qualifier = LATEST): Retries {
  return retries[qualifier] ?? { attempts: 2, oldestMs: 21_600_000 };
}

function retriesIn(values: CloudValues, name: string): Readonly<Record<string, Retries>> {
  const configs = values
    .resources('AWS::Lambda::EventInvokeConfig')
    .map((each) => InvokeConfig.parse(values.properties(each)))
    .filter(({ FunctionName }) => FunctionName === name);
  return Object.fromEntries(
    configs.map(({ Qualifier, MaximumRetryAttempts, MaximumEventAgeInSeconds }) => [
      Qualifier,
      { attempts: MaximumRetryAttempts, oldestMs: MaximumEventAgeInSeconds * 1000 },
    ]),
  );
}

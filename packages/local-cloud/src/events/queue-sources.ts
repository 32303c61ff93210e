import * as z from 'zod';
import type { Policies } from '../access/policies.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

/** A queue whose messages are brought to a function. */
export interface QueueSource {
  /** Of the mapping, as an operator names it. */
  readonly uuid: string;
  /** Whether it is worked off from the start. */
  readonly isEnabled: boolean;
  readonly arn: string;
  readonly queueName: string;
  /** With its alias or version, where the template names one. */
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsFailures: boolean;
  /** Batches under way at a time. */
  readonly maximumConcurrency: number;
}

const Mapping = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().default(10),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number() }).optional(),
  FilterCriteria: z
    .undefined({
      error: 'FilterCriteria are not known to the local cloud: filter in the function.',
    })
    .optional(),
});

/** Lambda begins with five pollers. */
const CONCURRENCY = 5;
const NEEDED = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

export function queueSources(
  values: CloudValues,
  functions: Functions,
  policies: Policies,
): readonly QueueSource[] {
  return values
    .resources('AWS::Lambda::EventSourceMapping')
    .map((each) => sourceOf(each, values, functions, policies));
}

function sourceOf(
  resource: Resource,
  values: CloudValues,
  functions: Functions,
  policies: Policies,
): QueueSource {
  const mapping = Mapping.parse(values.properties(resource));
  const { EventSourceArn: arn, FunctionName } = mapping;
  const settings = functions.find(FunctionName);
  if (!settings)
    throw new Error(`${resource.path} names no function of the template: ${FunctionName}.`);
  if (!arn.startsWith('arn:aws:sqs:')) {
    throw new Error(
      `${resource.path} reads from ${arn}: only queues bring events on this machine.`,
    );
  }
  for (const action of NEEDED) {
    if (!policies.refusalOf({ roleArn: settings.roleArn, action, resource: arn })) continue;
    throw new Error(
      `The role of ${settings.name} does not have permission to call ${action} on ${arn}: grant it to consume the queue.`,
    );
  }
  return {
    uuid: values.refOf(resource),
    isEnabled: mapping.Enabled,
    arn,
    queueName: arn.split(':').at(-1) ?? '',
    functionName: FunctionName,
    batchSize: mapping.BatchSize,
    windowSeconds: mapping.MaximumBatchingWindowInSeconds,
    reportsFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? CONCURRENCY,
  };
}

import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import { callEngine } from '../protocol/engine-call.ts';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What the engine makes something of; encryption and the like it has no use for. */
const Attributes = z.object({
  DelaySeconds: scalar.optional(),
  MaximumMessageSize: scalar.optional(),
  MessageRetentionPeriod: scalar.optional(),
  ReceiveMessageWaitTimeSeconds: scalar.optional(),
  VisibilityTimeout: scalar.optional(),
  FifoQueue: scalar.optional(),
  ContentBasedDeduplication: scalar.optional(),
  RedrivePolicy: z
    .record(z.string(), z.unknown())
    .transform((policy) => JSON.stringify(policy))
    .optional(),
});

const Named = z.object({ QueueName: z.string() });

export interface QueuesProps {
  readonly values: CloudValues;
  readonly engine: Engine;
}

export async function makeQueue(
  resource: Resource,
  { values, engine }: QueuesProps,
): Promise<void> {
  const { QueueName } = Named.parse({ QueueName: values.attributeOf(resource, 'QueueName') });
  const attributes = Attributes.parse(values.properties(resource));
  const input = { QueueName, Attributes: attributes };
  const { region } = values.account;
  await callEngine({ engine, service: 'sqs', region, operation: 'CreateQueue', input });
}

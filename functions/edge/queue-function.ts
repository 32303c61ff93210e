import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Consumers, QueueMessages } from '../../src/contract/queues.ts';
import { logger } from '../../src/platform/observability.ts';
import { observe } from './observe.ts';

const Kind = z.object({ kind: z.string() });
type AnyConsumer = (message: Readonly<Record<string, unknown>>) => Promise<void>;

/**
 * The handler of a queue. A message that fails is delivered again, alone, and lies in the dead-letter
 * queue in the end; the others of its batch are done. So does a message of an unknown kind.
 */
export function queueFunction<M extends QueueMessages>(messages: M, consumers: Consumers<M>) {
  const schemas = new Map<string, z.ZodObject>(Object.entries(messages));
  const byKind = new Map<string, AnyConsumer>(Object.entries(consumers));

  const consume = async ({ body, messageId }: SQSRecord): Promise<void> => {
    try {
      const message: unknown = JSON.parse(body);
      const { kind } = Kind.parse(message);
      const schema = schemas.get(kind);
      const consumer = byKind.get(kind);
      if (!schema || !consumer) throw new Error(`No consumer knows messages of the kind "${kind}"`);
      await consumer(schema.parse(message));
    } catch (error) {
      logger.error('Message failed', { messageId, error });
      throw error;
    }
  };

  return middy<SQSEvent, SQSBatchResponse>()
    .use(observe())
    .handler((event, context) =>
      processPartialResponse(event, consume, new BatchProcessor(EventType.SQS), {
        context,
        throwOnFullBatchFailure: false,
      }),
    );
}

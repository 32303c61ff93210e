import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Consumers, QueueMessages, Sending } from '../../src/contract/queues.ts';
import { countOne, logger } from '../../src/platform/logs/observability.ts';
import { asPartOf } from '../../src/platform/logs/request.ts';
import { observe } from './observe.ts';

/** Milliseconds: enough to say what failed before Lambda ends the function. */
const reserveMs = 500;

const Envelope = z.object({
  kind: z.string(),
  requestId: z.string().optional().catch(undefined),
  /** Of an event. */
  id: z.string().optional().catch(undefined),
});
/** Of SQS. It stays the same when a message is delivered again. */
const Attributes = z
  .object({ SentTimestamp: z.coerce.number().optional() })
  .transform(({ SentTimestamp }) => ({ sentAt: SentTimestamp }));
type AnyConsumer = (message: Readonly<Record<string, unknown>>, sending: Sending) => Promise<void>;

/**
 * The handler of a queue. If a message fails, only this message is delivered again, and in the end it goes to the
 * dead-letter queue. The other messages of its batch are done. A message of an unknown kind, or one that takes too
 * long, also fails: if Lambda ended the function, the whole batch would be delivered again.
 */
export function queueFunction<M extends QueueMessages>(messages: M, consumers: Consumers<M>) {
  const schemas = new Map<string, z.ZodObject>(Object.entries(messages));
  const byKind = new Map<string, AnyConsumer>(Object.entries(consumers));

  const consume = async (message: unknown, sending: Sending): Promise<void> => {
    const { kind } = Envelope.parse(message);
    const schema = schemas.get(kind);
    const consumer = byKind.get(kind);
    if (!schema || !consumer) throw new Error(`No consumer knows messages of the kind "${kind}"`);
    await consumer(schema.parse(message), sending);
  };
  const consumeInTime = async (
    { body, messageId, attributes }: SQSRecord,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<void> => {
    try {
      const message: unknown = JSON.parse(body);
      const sending = Attributes.parse(attributes ?? {});
      await within(context.getRemainingTimeInMillis() - reserveMs, consume(message, sending));
    } catch (error) {
      logger.error('Message failed', { messageId, eventId: envelopeIn(body)?.id, error });
      countOne('MessagesFailed');
      throw error;
    }
  };

  return middy<SQSEvent, SQSBatchResponse>()
    .use(observe())
    .handler((event, context) =>
      processPartialResponse(event, traced(consumeInTime), new BatchProcessor(EventType.SQS), {
        context,
        throwOnFullBatchFailure: false,
      }),
    );
}

type Consume = (
  record: SQSRecord,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** What a message causes is a part of the request that has sent it. */
function traced(consume: Consume): Consume {
  return (record, context) =>
    asPartOf(envelopeIn(record.body)?.requestId, () => consume(record, context));
}

function envelopeIn(body: string): z.output<typeof Envelope> | undefined {
  try {
    return Envelope.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Waits no longer than this. The work may go on, but its message is delivered again. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`It took longer than the ${milliseconds} ms that were left`));
  }, milliseconds);
  try {
    await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

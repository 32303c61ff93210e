import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

export const Message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  MD5OfMessageAttributes: z.string().optional(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), Attribute).default({}),
});

export type Message = z.output<typeof Message>;

interface Source {
  readonly arn: string;
  readonly region: string;
}

/** The event that Lambda makes of messages. */
export function queueEvent(messages: readonly Message[], source: Source): SQSEvent {
  return { Records: messages.map((message) => recordOf(message, source)) };
}

function recordOf(message: Message, { arn, region }: Source): SQSRecord {
  const { Attributes, MD5OfMessageAttributes } = message;
  const attributes = Object.entries(message.MessageAttributes).map(
    ([name, attribute]) => [name, attributeOf(attribute)] as const,
  );
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: {
      ...Attributes,
      ApproximateReceiveCount: Attributes['ApproximateReceiveCount'] ?? '1',
      SentTimestamp: Attributes['SentTimestamp'] ?? '0',
      SenderId: Attributes['SenderId'] ?? '',
      ApproximateFirstReceiveTimestamp: Attributes['ApproximateFirstReceiveTimestamp'] ?? '0',
    },
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    ...(MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
}

function attributeOf(attribute: z.output<typeof Attribute>): SQSMessageAttribute {
  const { DataType: dataType, StringValue, BinaryValue } = attribute;
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType,
  };
}

const Failures = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/** Messages that are done with, by what a function that reports failures answered. */
export function doneWith(messages: readonly Message[], answer: unknown): readonly Message[] {
  if (answer === null || answer === undefined || answer === '') return messages;
  const report = Failures.safeParse(answer);
  // What cannot be read counts as a failure of the whole batch, and so does a message that was not in it.
  if (!report.success) return [];
  const failed = new Set(report.data.batchItemFailures?.map((each) => each.itemIdentifier));
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if (![...failed].every((id) => known.has(id))) return [];
  return messages.filter(({ MessageId }) => !failed.has(MessageId));
}

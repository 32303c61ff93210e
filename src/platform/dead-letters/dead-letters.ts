import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** A queue, and the queue of what was given up. */
export interface WorkQueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

/** A dead letter, without its content: it may hold a phone number, or what a customer wrote. */
interface DeadLetter {
  readonly messageId: string;
  readonly kind: string;
  readonly sentAt: string;
}

/** How many messages there are, roughly: SQS counts no better. */
interface QueueState {
  readonly waiting: number;
  readonly inHand: number;
  readonly delayed: number;
  readonly deadLetters: number;
  /** Some of the dead letters. */
  readonly some: readonly DeadLetter[];
}

const Count = z.coerce.number().int();
const Counts = z.object({
  ApproximateNumberOfMessages: Count,
  ApproximateNumberOfMessagesNotVisible: Count.default(0),
  ApproximateNumberOfMessagesDelayed: Count.default(0),
});

export async function queueState(urls: WorkQueueUrls, sqs: SQSClient): Promise<QueueState> {
  const [own, given] = await Promise.all([
    countsOf(urls.queue, sqs),
    countsOf(urls.deadLetters, sqs),
  ]);
  const deadLetters = given.ApproximateNumberOfMessages;
  return {
    waiting: own.ApproximateNumberOfMessages,
    inHand: own.ApproximateNumberOfMessagesNotVisible,
    delayed: own.ApproximateNumberOfMessagesDelayed,
    deadLetters,
    // Looking does not hide them.
    some: deadLetters === 0 ? [] : (await received(urls.deadLetters, sqs, 0)).map(described),
  };
}

async function countsOf(QueueUrl: string, sqs: SQSClient) {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Counts.parse(Attributes);
}

const mostInRun = 1000;
/** For so long a message that was received and not deleted is hidden. */
const hiddenSeconds = 30;

/**
 * Sends dead letters back to their queue, and answers how many. Each is deleted only after its queue has taken it. If
 * this stops half-way, one may be there twice, which no consumer minds.
 */
export async function redriveDeadLetters(urls: WorkQueueUrls, sqs: SQSClient): Promise<number> {
  return each(urls, sqs, async ({ Body: MessageBody, ReceiptHandle }) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urls.queue, MessageBody }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: urls.deadLetters, ReceiptHandle }));
    return true;
  });
}

/** Deletes these dead letters, and answers how many it found. The others are hidden for half a minute. */
export async function dropDeadLetters(
  urls: WorkQueueUrls,
  messageIds: readonly string[],
  sqs: SQSClient,
): Promise<number> {
  const unwanted = new Set(messageIds);
  return each(urls, sqs, async ({ MessageId = '', ReceiptHandle }) => {
    if (!unwanted.has(MessageId)) return false;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: urls.deadLetters, ReceiptHandle }));
    return true;
  });
}

/** Does something with each dead letter, and answers with how many it did. */
async function each(
  { deadLetters }: WorkQueueUrls,
  sqs: SQSClient,
  deal: (message: Message) => Promise<boolean>,
): Promise<number> {
  let [seen, done] = [0, 0];
  while (seen < mostInRun) {
    const messages = await received(deadLetters, sqs, hiddenSeconds);
    if (messages.length === 0) break;
    const dealt = await Promise.all(messages.map(deal));
    seen += messages.length;
    done += dealt.filter(Boolean).length;
  }
  return done;
}

async function received(
  QueueUrl: string,
  sqs: SQSClient,
  VisibilityTimeout: number,
): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout,
      // Without it, SQS asks only some of its servers, and may find nothing.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages;
}

const Kind = z.object({ kind: z.string() });

function described({ MessageId = '', Body = '', Attributes }: Message): DeadLetter {
  const sentMs = Number(Attributes?.SentTimestamp ?? 0);
  return { messageId: MessageId, kind: kindOf(Body), sentAt: new Date(sentMs).toISOString() };
}

function kindOf(body: string): string {
  try {
    return Kind.parse(JSON.parse(body)).kind;
  } catch {
    return 'none that we know';
  }
}

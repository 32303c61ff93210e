import {
  ChangeMessageVisibilityBatchCommand,
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
  /** Some of the dead letters, as many as one command can drop. */
  readonly some: readonly DeadLetter[];
  /** How many dead letters are not among them. */
  readonly more: number;
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
  const some = deadLetters === 0 ? [] : await lookedAt(urls.deadLetters, sqs);
  return {
    waiting: own.ApproximateNumberOfMessages,
    inHand: own.ApproximateNumberOfMessagesNotVisible,
    delayed: own.ApproximateNumberOfMessagesDelayed,
    deadLetters,
    some: some.map(described),
    more: Math.max(0, deadLetters - some.length),
  };
}

/**
 * Looks at messages without keeping them: each is hidden until as many have been seen as are wanted, because SQS would
 * give the same ones again, and then is put back.
 */
async function lookedAt(QueueUrl: string, sqs: SQSClient): Promise<readonly Message[]> {
  const seen: Message[] = [];
  while (seen.length < mostToDrop) {
    const messages = await received(QueueUrl, sqs, hiddenSeconds);
    if (messages.length === 0) break;
    seen.push(...messages);
  }
  for (let first = 0; first < seen.length; first += mostInCall) {
    const Entries = seen.slice(first, first + mostInCall).map(({ ReceiptHandle }, n) => ({
      Id: String(n),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
  return seen;
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
/** One command gives up so many at most, and as many are shown. */
export const mostToDrop = 100;
/** SQS takes and gives no more messages in a call. */
const mostInCall = 10;
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
      MaxNumberOfMessages: mostInCall,
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

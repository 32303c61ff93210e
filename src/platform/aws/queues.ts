import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Sendable } from '../../contract/queues.ts';
import { withRequest } from '../logs/request.ts';
import { awsPatience, type AwsPatience } from './aws.ts';

/** For a function that has less time than the functions that answer HTTP. */
export function openSqs(patience: AwsPatience): SQSClient {
  return new SQSClient(patience);
}

/** Asks a queue for its ARN. The answer shows that the queue can be reached. */
export function openQueueProbe(queueUrl: string): () => Promise<void> {
  const client = new SQSClient(awsPatience);
  return async () => {
    await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
  };
}

/** `delaySeconds`: how long the message is not delivered, 900 at most. Default: it is delivered at once. */
interface Sending {
  readonly delaySeconds?: number | undefined;
}

type Message = Sending & { readonly message: Sendable };

/** The queue took the message; or refuses it because of its content, for ever; or failed this time. */
export type Sent = 'taken' | { readonly refusedFor: string } | { readonly failedWith: unknown };

type Outcome<M> = readonly [message: M, sent: Sent];

export interface Queue {
  send(message: Sendable, sending?: Sending): Promise<void>;
  /** Sends ten in a call. Throws if one was not taken; the others may have been taken then. */
  sendAll(messages: readonly Message[]): Promise<void>;
  /** The same, but answers what became of each message. A refused message does not stop the others. */
  sendEach<M extends Message>(messages: readonly M[]): Promise<readonly Outcome<M>[]>;
}

export function openQueue(QueueUrl: string, client = new SQSClient(awsPatience)): Queue {
  const at = { client, QueueUrl };
  return {
    send: async (message, { delaySeconds } = {}) => sendOne({ message, delaySeconds }, at),
    sendEach: (messages) => sendEach(messages, at),
    sendAll: async (messages) => {
      for (const [, sent] of await sendEach(messages, at)) {
        if (sent === 'taken') continue;
        throw 'failedWith' in sent
          ? sent.failedWith
          : new Error(`The queue refused a message: ${sent.refusedFor}`);
      }
    },
  };
}

interface Where {
  readonly client: SQSClient;
  readonly QueueUrl: string;
}

/** The most messages that SQS takes in a call. */
const mostInBatch = 10;

async function sendEach<M extends Message>(
  messages: readonly M[],
  at: Where,
): Promise<readonly Outcome<M>[]> {
  const batches: (readonly M[])[] = [];
  for (let i = 0; i < messages.length; i += mostInBatch) {
    batches.push(messages.slice(i, i + mostInBatch));
  }
  return (await Promise.all(batches.map((batch) => sendBatch(batch, at)))).flat();
}

async function sendBatch<M extends Message>(
  messages: readonly M[],
  { client, QueueUrl }: Where,
): Promise<readonly Outcome<M>[]> {
  const alone = (message: M) => sendAlone(message, { client, QueueUrl });
  const Entries = messages.map((message, i) => ({ Id: String(i), ...written(message) }));
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const failed = new Set(Failed.map(({ Id }) => Id));
    const again = messages.map((message, i) =>
      failed.has(String(i)) ? alone(message) : Promise.resolve([message, 'taken'] as const),
    );
    return await Promise.all(again);
  } catch (error) {
    // SQS refuses the whole call because of one bad message. Sending each alone shows which one it is.
    if (refusalIn(error) !== undefined) return Promise.all(messages.map(alone));
    return messages.map((message) => [message, { failedWith: error }]);
  }
}

async function sendAlone<M extends Message>(message: M, at: Where): Promise<Outcome<M>> {
  try {
    await sendOne(message, at);
    return [message, 'taken'];
  } catch (error) {
    const refusedFor = refusalIn(error);
    return [message, refusedFor === undefined ? { failedWith: error } : { refusedFor }];
  }
}

async function sendOne(message: Message, { client, QueueUrl }: Where): Promise<void> {
  await client.send(new SendMessageCommand({ QueueUrl, ...written(message) }));
}

/** The message itself is at fault. Every other error is about the queue, and goes away. */
const refusals: ReadonlySet<string> = new Set([
  'InvalidMessageContents',
  'InvalidParameterValue',
  'BatchRequestTooLong',
]);

function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // In some protocols the name has the service before it and "Exception" after it.
  const name = error.name.replace(/^.*\./, '').replace(/Exception$/, '');
  return refusals.has(name) ? name : undefined;
}

function written({ message, delaySeconds }: Message) {
  const MessageBody = JSON.stringify(withRequest(message));
  return delaySeconds === undefined ? { MessageBody } : { MessageBody, DelaySeconds: delaySeconds };
}

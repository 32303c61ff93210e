import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { awsPatience } from './aws.ts';

/** Asks a queue for its name: enough to know that it answers. */
export function openQueueProbe(queueUrl: string): () => Promise<void> {
  const client = new SQSClient(awsPatience);
  return async () => {
    await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
  };
}

/** `delaySeconds`: how long nobody sees it, 900 at most. Default: it is seen at once. */
interface Sending {
  readonly delaySeconds?: number;
}

export interface Queue {
  send(message: object, sending?: Sending): Promise<void>;
  /** Ten in a call; it throws when one was not taken, and the others then may have been. */
  sendAll(messages: readonly (Sending & { readonly message: object })[]): Promise<void>;
}

/** SQS takes no more at once. */
const mostInBatch = 10;

export function openQueue(QueueUrl: string, client = new SQSClient(awsPatience)): Queue {
  return {
    send: async (message, sending = {}) => {
      await client.send(new SendMessageCommand({ QueueUrl, ...written(message, sending) }));
    },
    sendAll: async (messages) => {
      for (let i = 0; i < messages.length; i += mostInBatch) {
        const Entries = messages
          .slice(i, i + mostInBatch)
          .map(({ message, ...sending }, n) => ({ Id: String(n), ...written(message, sending) }));
        const command = new SendMessageBatchCommand({ QueueUrl, Entries });
        const { Failed: [failed] = [] } = await client.send(command);
        if (failed) throw new Error(`The queue refused a message: ${failed.Code ?? 'no reason'}`);
      }
    },
  };
}

function written(message: object, { delaySeconds }: Sending) {
  const MessageBody = JSON.stringify(message);
  return delaySeconds === undefined ? { MessageBody } : { MessageBody, DelaySeconds: delaySeconds };
}

import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
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

export interface Queue {
  /** `delaySeconds`: how long nobody sees it, 900 at most. Default: it is seen at once. */
  send(message: object, options?: { readonly delaySeconds?: number }): Promise<void>;
}

export function openQueue(queueUrl: string): Queue {
  const client = new SQSClient(awsPatience);
  return {
    send: async (message, { delaySeconds } = {}) => {
      const MessageBody = JSON.stringify(message);
      const delay = delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...delay }));
    },
  };
}

import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
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

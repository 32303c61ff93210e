import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueUrlOf, startSqs } from 'local-cloud/engines';

/** The queues of orders without their consumers, who would work beside what is measured. */
export async function unreadQueues() {
  const { endpoint, region, stop } = await startSqs();
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new SQSClient({ endpoint, region, credentials });
  for (const QueueName of ['dispatch', 'notify']) {
    await client.send(new CreateQueueCommand({ QueueName }));
  }
  client.destroy();
  return {
    variables: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      DISPATCH_QUEUE_URL: queueUrlOf(endpoint, 'dispatch'),
      NOTIFY_QUEUE_URL: queueUrlOf(endpoint, 'notify'),
    },
    stop,
  };
}

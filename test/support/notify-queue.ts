import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueUrlOf } from 'local-cloud/engines';
import type { WeeloCloud } from '../../bench/weelo-cloud.ts';
import { idsOf } from '../../src/orders/telling/order-events.ts';

export interface NotifyQueue {
  send(message: object): Promise<void>;
  /** How long a message that was not finished is hidden. By default 30 s, as the template says. */
  redeliverAfter(seconds: number): Promise<void>;
  close(): void;
}

/** The queue of notify, as the engine itself has it: no function's rights stand in front of it. */
export function openNotifyQueue({ engines, processOf }: WeeloCloud): NotifyQueue {
  const endpoint = engines.sqs?.endpoint ?? '';
  const url = processOf('orders').variables['NOTIFY_QUEUE_URL'] ?? '';
  const QueueUrl = queueUrlOf(endpoint, url.split('/').at(-1) ?? '');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ endpoint, region: 'ap-south-1', credentials });
  return {
    send: async (message) => {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    },
    redeliverAfter: async (seconds) => {
      const Attributes = { VisibilityTimeout: String(seconds) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    },
    close: () => sqs.destroy(),
  };
}

/** The message of an event that tells users of a cancelled order. */
export function cancellationFor(users: readonly string[]) {
  const orderId = randomUUID();
  const at = new Date().toISOString();
  return {
    kind: 'event',
    id: randomUUID(),
    at,
    event: 'order_cancelled',
    to: users,
    data: {
      ...idsOf(orderId),
      status: 'cancelled',
      eventVersion: 2,
      ...cancellationFacts,
      cancelledAt: at,
    },
  };
}

/** What the event says of a cancelled order of which nobody had taken a truck. */
export const cancellationFacts = {
  reason: null,
  message: 'The order was cancelled.',
  assignmentsCancelled: 0,
  tripId: null,
  customerName: 'Asha',
  customerPhone: '9876543210',
  pickupAddress: 'Noida',
  dropAddress: 'Delhi',
};

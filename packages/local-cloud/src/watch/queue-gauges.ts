import * as z from 'zod';
import type { Engine } from '../protocol/engine.ts';
import type { Report } from './metrics.ts';

const Message = z.object({
  sentTimestamp: z.number(),
  approximateReceiveCount: z.number(),
  delayUntil: z.number().optional(),
});
const Queue = z.object({
  messages: z.object({
    ready: z.array(Message),
    delayed: z.array(Message),
    inflight: z.array(z.object({ message: Message, visibilityDeadline: z.number() })),
  }),
});

/** What was received so often is passed over: SQS looks at the oldest of the others. */
const OFTEN = 4;

export interface QueueGaugesProps {
  readonly engine: Engine;
  readonly queueNames: readonly string[];
  readonly report: Report;
  /** What the watch's clock showed when the machine's own showed this. */
  readonly timeOf: (machineTime: number) => number;
}

/**
 * What SQS reports of each queue once a minute.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export async function readQueues(props: QueueGaugesProps, now: number, at: number): Promise<void> {
  const { engine, queueNames, report, timeOf } = props;
  const reading = queueNames.map(async (QueueName) => {
    const { visible, hidden, delayed } = await lookInto(engine, QueueName);
    const held = [...visible, ...hidden];
    const ages = held
      .filter(({ approximateReceiveCount }) => approximateReceiveCount < OFTEN)
      .map(({ sentTimestamp }) => Math.max(0, now - timeOf(sentTimestamp)) / 1000);
    report({
      namespace: 'AWS/SQS',
      dimensionSets: [{ QueueName }],
      values: {
        ApproximateNumberOfMessagesVisible: visible.length,
        ApproximateNumberOfMessagesNotVisible: hidden.length,
        ApproximateNumberOfMessagesDelayed: delayed.length,
        ApproximateAgeOfOldestMessage: Math.round(Math.max(0, ...ages)),
      },
      at,
    });
  });
  await Promise.all(reading);
}

/** What is in a queue; an empty one where there is none of this name. */
export async function lookInto(engine: Engine, queueName: string) {
  const question = { method: 'GET', headers: {}, body: '' };
  const { status, body } = await engine.ask(`/_fauxqs/queues/${queueName}`, question);
  const nothing = { messages: { ready: [], delayed: [], inflight: [] } };
  return sorted(status === 200 ? Queue.parse(JSON.parse(body.toString())) : nothing);
}

/** The engine moves what is due only when somebody asks for messages, and a queue may have nobody who does. */
function sorted({ messages: { ready, delayed, inflight } }: z.output<typeof Queue>) {
  const now = Date.now();
  const isDue = ({ delayUntil = 0 }: z.output<typeof Message>) => delayUntil <= now;
  const isBack = (each: { visibilityDeadline: number }) => each.visibilityDeadline <= now;
  const messageOf = ({ message }: { message: z.output<typeof Message> }) => message;
  return {
    visible: [...ready, ...delayed.filter(isDue), ...inflight.filter(isBack).map(messageOf)],
    hidden: inflight.filter((each) => !isBack(each)).map(messageOf),
    delayed: delayed.filter((each) => !isDue(each)),
  };
}

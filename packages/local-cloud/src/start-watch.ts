import type { EventSources } from './events/event-sources.ts';
import type { Ground } from './ground.ts';
import type { Parts } from './parts.ts';
import { readQueues } from './watch/queue-gauges.ts';

/** From now on the template's alarms are decided about. */
export function startWatch(
  { engines: { sqs } }: Ground,
  parts: Parts,
  { schedules, queues }: EventSources,
  onProblem: (sentence: string) => void,
): void {
  const { watch, functions } = parts;
  const queueNames = () => {
    const { values } = parts;
    return values
      .resources('AWS::SQS::Queue')
      .map((each) => String(values.attributeOf(each, 'QueueName')));
  };
  const report = watch.metrics.report.bind(watch.metrics);
  const timeOf = (machineTime: number) => watch.clock.at(machineTime);
  watch.read(parts.values);
  watch.start({
    catchUp: async () => {
      schedules.catchUp();
      await functions.tried();
      await queues.settle();
    },
    readGauges: async (now, at) => {
      if (sqs) await readQueues({ engine: sqs, queueNames: queueNames(), report, timeOf }, now, at);
    },
    onProblem,
  });
}

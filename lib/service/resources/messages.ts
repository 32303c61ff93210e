import type { Provisions } from '../../parts/provision.ts';
import type { RealtimeApi } from '../apis/realtime-api.ts';
import type { DomainEventBus } from '../work/domain-event-bus.ts';
import type { WorkQueue } from '../work/work-queue.ts';

export interface MessagesProps {
  readonly dispatch: WorkQueue;
  readonly notify: WorkQueue;
  readonly realtime: RealtimeApi;
  readonly domainEvents: DomainEventBus;
}

type Ways = 'dispatch-queue' | 'notify-queue' | 'dead-letters' | 'connections-api' | 'event-bus';

/** The queues, the API and the bus by which a function sends a message to another function, a client or another system. */
export function messageProvisions(props: MessagesProps): Provisions<Ways> {
  const { dispatch, notify, realtime, domainEvents } = props;
  return {
    'dispatch-queue': {
      variables: { DISPATCH_QUEUE_URL: dispatch.queue.queueUrl },
      grant: (to) => dispatch.grantSend(to),
    },
    'notify-queue': {
      variables: { NOTIFY_QUEUE_URL: notify.queue.queueUrl },
      grant: (to) => notify.grantSend(to),
    },
    'dead-letters': {
      variables: {
        DISPATCH_DEAD_LETTERS_URL: dispatch.deadLetters.queueUrl,
        NOTIFY_DEAD_LETTERS_URL: notify.deadLetters.queueUrl,
      },
      grant: (to) => {
        dispatch.grantTakeDeadLetters(to);
        notify.grantTakeDeadLetters(to);
      },
    },
    'connections-api': {
      variables: { CONNECTIONS_API_URL: realtime.connectionsUrl },
      grant: (to) => realtime.grantConnections(to),
    },
    'event-bus': {
      variables: { EVENT_BUS_NAME: domainEvents.bus.eventBusName },
      grant: (to) => domainEvents.grantPublish(to),
    },
  };
}

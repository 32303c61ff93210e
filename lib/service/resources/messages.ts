import type { Provisions } from '../../parts/provision.ts';
import type { RealtimeApi } from '../apis/realtime-api.ts';
import type { WorkQueue } from '../work/work-queue.ts';

export interface MessagesProps {
  readonly dispatch: WorkQueue;
  readonly notify: WorkQueue;
  readonly realtime: RealtimeApi;
}

type Ways = 'dispatch-queue' | 'notify-queue' | 'connections-api';

/** The queues and the API by which a function sends a message to another function or to a client. */
export function messageProvisions(props: MessagesProps): Provisions<Ways> {
  const { dispatch, notify, realtime } = props;
  return {
    'dispatch-queue': {
      variables: { DISPATCH_QUEUE_URL: dispatch.queue.queueUrl },
      grant: (to) => dispatch.grantSend(to),
    },
    'notify-queue': {
      variables: { NOTIFY_QUEUE_URL: notify.queue.queueUrl },
      grant: (to) => notify.grantSend(to),
    },
    'connections-api': {
      variables: { CONNECTIONS_API_URL: realtime.connectionsUrl },
      grant: (to) => realtime.grantConnections(to),
    },
  };
}

import type { AlarmProps } from '../../parts/alarm.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

/** Alarms about what notify delivers. One post that fails is no alarm: a phone without a network is nothing special. */
export function deliveryAlarms(notify: WeeloFunction): readonly AlarmProps[] {
  return [
    {
      name: 'PostsGivenUp',
      metric: notify.metricCounted('PostsGivenUp', 'Sum'),
      ringing: { from: 50 },
      meaning:
        'API Gateway did not take the posts to many open sockets, in three tries each. Their users learn of the event by push, or when they connect again.',
      remedy: 'See why posts fail in the log of notify: a throttled account, or a fault of AWS.',
      runbook: 'docs/runbooks/alarms.md#posts-given-up',
    },
    {
      name: 'FailedPushes',
      metric: notify.metricCounted('CircuitOpenedFcm', 'Sum'),
      // An offer is over before its message becomes a dead letter, so that alarm does not tell of these pushes.
      ringing: { from: 3, periods: 2 },
      meaning:
        'Firebase does not take our pushes: captains whose app is in the background hear of no offers.',
      remedy: 'See why in the log of notify: the service account, a quota, or a fault of Firebase.',
      runbook: 'docs/runbooks/alarms.md#failed-pushes',
    },
  ];
}

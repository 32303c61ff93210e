import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps } from '../../parts/alarm.ts';

const runbook = 'docs/runbooks/alarms.md#database-capacity';

/** The metric is a percentage of the largest size that the stage allows. */
export function capacityAlarm(metric: IMetric): AlarmProps {
  return {
    name: 'DatabaseCapacity',
    metric,
    ringing: { from: 90, periods: 3 },
    meaning: 'PostgreSQL has been within a tenth of its largest size for a quarter of an hour.',
    remedy: "Look for a slow statement first, then raise the stage's maxCapacity and deploy data.",
    runbook,
  };
}

export function loadAlarm(metric: IMetric): AlarmProps {
  return {
    name: 'DatabaseLoad',
    metric,
    ringing: { from: 90, periods: 3 },
    meaning: "PostgreSQL's processor has been busy for a quarter of an hour.",
    remedy: 'Look for a slow statement first, then take a larger instance class.',
    runbook,
  };
}

export function connectionsAlarm(
  metric: IMetric,
  { atMost }: { readonly atMost: number },
): AlarmProps {
  return {
    name: 'DatabaseConnections',
    metric,
    ringing: { from: Math.floor(0.8 * atMost), periods: 3 },
    meaning: 'PostgreSQL has four fifths of the connections that it allows.',
    remedy: 'See who is connected (pg_stat_activity); functions alone never open so many.',
    runbook,
  };
}

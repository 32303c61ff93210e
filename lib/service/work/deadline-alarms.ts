import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

/**
 * An alarm about searches that end late. `enders`: the functions that end them, which report how late they are, in
 * milliseconds. A timer ends a search in time; what reconcile finds has lost its timer.
 */
export function deadlineAlarms(enders: readonly WeeloFunction[]): readonly AlarmProps[] {
  const lags = enders.map((each) => {
    return [`${each.name}Lag`, each.metricCounted('ExpiryLag', 'Maximum')] as const;
  });
  const filled = lags.map(([id]) => `FILL(${id}, 0)`);
  return [
    {
      name: 'LateDeadlines',
      metric: new MathExpression({
        expression: `MAX([${filled.join(', ')}])`,
        usingMetrics: Object.fromEntries<IMetric>(lags),
        label: 'How late searches end at most, milliseconds',
        period: Duration.minutes(5),
      }),
      // One late search may be chance: a database that fails over. At night nobody searches twice in ten minutes.
      ringing: { from: 30_000, periods: 2, outOf: 6 },
      meaning:
        'Searches have ended half a minute late, and not only once in half an hour: their timers, and those of waves, do not come.',
      remedy: 'End what is overdue by hand, then see why dispatch is late.',
      runbook: 'docs/runbooks/alarms.md#late-deadlines',
    },
  ];
}

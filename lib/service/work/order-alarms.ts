import { Duration } from 'aws-cdk-lib';
import { type AlarmProps, silentFor } from '../../parts/alarm.ts';
import type { Stage } from '../../parts/stage.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

/** Silence is an alarm, too, in a stage that always has orders. Orders of test numbers are not among them. */
export function orderAlarms(
  { expectsOrders }: Stage,
  orders: WeeloFunction,
): readonly AlarmProps[] {
  if (!expectsOrders) return [];
  return [
    {
      name: 'NoOrders',
      metric: orders.metricCounted('OrdersPlaced', 'Sum', silentFor(Duration.hours(3))),
      ringing: 'when silent',
      meaning: 'Nobody has placed an order for three hours, although there always are some.',
      remedy:
        'Does the canary still walk? Then see what the apps do: a release of theirs, a store, a holiday.',
      runbook: 'docs/runbooks/no-orders.md',
    },
  ];
}

import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** An alarm that operators must react to. The construct that it is about declares it. */
export interface AlarmProps {
  /** Its name in docs/reference.md, and its construct id. */
  readonly name: string;
  readonly metric: IMetric;
  /**
   * The alarm rings when the metric is at least `from` for this many periods in a row (default: 1), or when nothing is
   * reported any more.
   */
  readonly ringing: { readonly from: number; readonly periods?: number } | 'when silent';
  readonly meaning: string;
  readonly remedy: string;
  /** The page about this alarm, or a section of it. */
  readonly runbook: `docs/runbooks/${string}`;
}

/** Makes an alarm that is sent to a topic. The operator reads its description first. */
export function makeAlarm(scope: Construct, topic: ITopic, props: AlarmProps): void {
  const { name, metric, ringing, meaning, remedy, runbook } = props;
  const alarm = new Alarm(scope, name, {
    metric,
    alarmDescription: `${meaning} ${remedy} Runbook: ${runbook}`,
    ...limitOf(ringing),
  });
  const ring = new SnsAction(topic);
  alarm.addAlarmAction(ring);
  if (ringing === 'when silent') alarm.addInsufficientDataAction(ring);
}

/**
 * Every alarm begins as INSUFFICIENT_DATA. An alarm `when silent` returns to that state when its metric stops, and the
 * return rings. If it treated missing data as a breach, it would ring right after it is created, before anything could
 * be reported. It needs two periods, because a deployment may take the whole of one.
 */
function limitOf(ringing: AlarmProps['ringing']) {
  return ringing === 'when silent'
    ? {
        threshold: 1,
        evaluationPeriods: 2,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.MISSING,
      }
    : {
        threshold: ringing.from,
        evaluationPeriods: ringing.periods ?? 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      };
}

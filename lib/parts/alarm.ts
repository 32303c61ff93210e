import { Duration } from 'aws-cdk-lib';
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
   * The alarm rings when the metric is at least `from` for this many periods (default: 1) out of so many (default: in a
   * row), or when nothing has been reported for about four periods (`silentFor`).
   */
  readonly ringing:
    | { readonly from: number; readonly periods?: number; readonly outOf?: number }
    | 'when silent';
  readonly meaning: string;
  readonly remedy: string;
  /** The page about this alarm, or a section of it. */
  readonly runbook: `docs/runbooks/${string}`;
}

/** The period of an alarm that rings `when silent`, which then rings after so much silence. */
export function silentFor(silence: Duration): Duration {
  return Duration.seconds(silence.toSeconds() / 4);
}

/** Makes an alarm that is sent to a topic. */
export function makeAlarm(scope: Construct, topic: ITopic, props: AlarmProps): void {
  const alarm = makeSilentAlarm(scope, props);
  const ring = new SnsAction(topic);
  alarm.addAlarmAction(ring);
  if (props.ringing === 'when silent') alarm.addInsufficientDataAction(ring);
}

/** Makes an alarm that is sent to nobody: a deployment listens to it. The operator reads its description first. */
export function makeSilentAlarm(scope: Construct, props: AlarmProps): Alarm {
  const { name, metric, ringing, meaning, remedy, runbook } = props;
  return new Alarm(scope, name, {
    metric,
    alarmDescription: `${meaning} ${remedy} Runbook: ${runbook}`,
    ...limitOf(ringing),
  });
}

/**
 * Every alarm begins as INSUFFICIENT_DATA. An alarm `when silent` returns to that state when its metric stops, and the
 * return rings. If it treated missing data as a breach, it would ring right after it is created, before anything could
 * be reported. It needs two periods, because a deployment may take the whole of one.
 *
 * It rings later than after two periods: CloudWatch looks further back and prefers old datapoints to missing ones. Where
 * its page gives examples, it looks at two periods more. So the alarm rings after four silent periods, perhaps earlier,
 * but never after less than two. Its texts tell of four.
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
        evaluationPeriods: ringing.outOf ?? ringing.periods ?? 1,
        ...(ringing.outOf !== undefined && { datapointsToAlarm: ringing.periods ?? 1 }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      };
}

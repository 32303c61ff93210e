export type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface VerdictRule {
  /** How many datapoints are looked at. */
  readonly evaluationPeriods: number;
  /** How many of them must be bad. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/** Whether a datapoint is bad; undefined: there is none. */
export type Breaching = boolean | undefined;

/**
 * CloudWatch asks for more datapoints than an alarm looks at, and prefers old ones to missing ones. How many more, no
 * page says; where it gives examples there are two.
 */
const MORE = 2;

export function evaluationRange({ evaluationPeriods }: VerdictRule): number {
  return evaluationPeriods + MORE;
}

/**
 * What an alarm makes of its datapoints, the newest last.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function verdictOf(points: readonly Breaching[], rule: VerdictRule, present: State): State {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const existing = points.filter((each) => each !== undefined).slice(-evaluationPeriods);
  const missing = evaluationPeriods - existing.length;
  const bad = existing.filter(Boolean).length;
  const alarmIf = (count: number): State => (count >= datapointsToAlarm ? 'ALARM' : 'OK');
  if (missing === 0 || bad >= datapointsToAlarm) return alarmIf(bad);
  if (treatMissingData === 'breaching') return alarmIf(bad + missing);
  if (treatMissingData === 'notBreaching' || existing.length > bad) return alarmIf(bad);
  if (treatMissingData === 'ignore') return present;
  // Nothing good was reported: enough periods after the first bad one this is an alarm, however little followed.
  const oldestBad = points.findIndex((each) => each === true);
  const age = oldestBad < 0 ? 0 : points.length - oldestBad;
  return age >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

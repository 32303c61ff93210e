import type { CloudValues } from '../template/cloud-values.ts';
import { type Alarm, alarmOf, comparisons } from './alarm.ts';
import type { Metrics } from './metrics.ts';
import { evaluationRange, type State, verdictOf } from './verdict.ts';

export interface AlarmState {
  /** As CloudWatch and CodeDeploy know it. */
  readonly name: string;
  /** The construct's path. */
  readonly path: string;
  readonly description: string;
  readonly state: State;
  /** Since when, by the watch's clock. */
  readonly since: number;
  /** The datapoints that brought it there, in a sentence. */
  readonly reason: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
}

/** What a topic was told. */
export interface AlarmMessage extends AlarmState {
  readonly topics: readonly string[];
}

/** What is kept of what was told. */
const KEPT = 1000;

/** The alarms of a template, and what they told. */
export class Alarms {
  private readonly metrics: Metrics;
  private known: readonly { readonly alarm: Alarm; state: AlarmState }[] = [];
  private told: AlarmMessage[] = [];

  constructor(metrics: Metrics) {
    this.metrics = metrics;
  }

  /** Takes the template's alarms; one that was there before keeps its state. */
  read(values: CloudValues, now: number): void {
    const before = new Map(this.known.map(({ alarm, state }) => [alarm.name, state]));
    const alarms = values.resources('AWS::CloudWatch::Alarm').map((each) => alarmOf(each, values));
    this.known = alarms.map((alarm) => {
      const { state, since, reason } = before.get(alarm.name) ?? { ...unchecked, since: now };
      return { alarm, state: stateOf(alarm, state, since, reason) };
    });
    // What an expression does not know shows when it is worked out.
    for (const { alarm } of this.known) alarm.value(this.metrics, now - alarm.periodMs, now);
  }

  get states(): readonly AlarmState[] {
    return this.known.map(({ state }) => state);
  }

  /** The oldest first. */
  get messages(): readonly AlarmMessage[] {
    return this.told;
  }

  /** Decides about each alarm by the periods that end here, and tells topics of what became of it. */
  evaluate(now: number): void {
    for (const each of this.known) {
      const { alarm, state } = each;
      const values = this.valuesOf(alarm, now);
      const { isBad } = comparisons[alarm.comparison];
      const points = values.map((value) =>
        value === undefined ? undefined : isBad(value, alarm.threshold),
      );
      const next = verdictOf(points, alarm, state.state);
      if (next === state.state) continue;
      each.state = stateOf(alarm, next, now, reasonOf(alarm, values));
      const topics = alarm.actions[next];
      if (topics.length > 0) this.told = [...this.told, { ...each.state, topics }].slice(-KEPT);
    }
  }

  private valuesOf(alarm: Alarm, now: number): readonly (number | undefined)[] {
    const range = evaluationRange(alarm);
    return Array.from({ length: range }, (_, index) => {
      const to = now - (range - 1 - index) * alarm.periodMs;
      return alarm.value(this.metrics, to - alarm.periodMs, to);
    });
  }
}

const unchecked = {
  state: 'INSUFFICIENT_DATA',
  reason: 'Unchecked: Initial alarm creation',
} as const;

function stateOf(
  { name, path, description, periodMs, evaluationPeriods }: Alarm,
  state: State,
  since: number,
  reason: string,
): AlarmState {
  return { name, path, description, state, since, reason, periodMs, evaluationPeriods };
}

function reasonOf(alarm: Alarm, values: readonly (number | undefined)[]): string {
  const { comparison, threshold, periodMs, datapointsToAlarm, evaluationPeriods } = alarm;
  const said = values.map((value) => (value === undefined ? '-' : String(value))).join(' ');
  const limit = `${comparisons[comparison].sign} ${threshold}`;
  return `[${said}] of ${periodMs / 1000} s each, the newest last; it rings at ${datapointsToAlarm} of ${evaluationPeriods} that are ${limit}`;
}

import * as z from 'zod';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import { type Expression, parseExpression } from './expression.ts';
import { isStatistic, type MetricId, type Metrics } from './metrics.ts';
import type { State, VerdictRule } from './verdict.ts';

/** An alarm of the template. */
export interface Alarm extends VerdictRule {
  /** As CloudWatch and CodeDeploy know it. */
  readonly name: string;
  /** The construct's path. */
  readonly path: string;
  readonly description: string;
  readonly periodMs: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** Topics that hear of it when it comes into a state. */
  readonly actions: Readonly<Record<State, readonly string[]>>;
  /** What one period says; undefined where nothing was reported. */
  readonly value: (metrics: Metrics, from: number, to: number) => number | undefined;
}

export const comparisons = {
  GreaterThanOrEqualToThreshold: {
    isBad: (value: number, limit: number) => value >= limit,
    sign: '≥',
  },
  GreaterThanThreshold: { isBad: (value: number, limit: number) => value > limit, sign: '>' },
  LessThanOrEqualToThreshold: {
    isBad: (value: number, limit: number) => value <= limit,
    sign: '≤',
  },
  LessThanThreshold: { isBad: (value: number, limit: number) => value < limit, sign: '<' },
} as const;

type Comparison = keyof typeof comparisons;

const Texts = z.array(z.string()).default([]);
const Dimensions = z
  .array(z.object({ Name: z.string(), Value: z.coerce.string() }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ Name, Value }) => [Name, Value])));
const Statistic = z.string().refine(isStatistic, {
  error: 'only Sum, Average, Minimum, Maximum, SampleCount and percentiles are known here',
});
/** Shorter ones are for metrics of high resolution, of which nothing here reports any. */
const Period = z.coerce.number().multipleOf(60).positive();

const Metric = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
      Period,
      Stat: Statistic,
    })
    .optional(),
  ReturnData: z.boolean().default(true),
});

const Shape = z.object({
  AlarmDescription: z.string().default(''),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions,
  Statistic: Statistic.optional(),
  ExtendedStatistic: Statistic.optional(),
  Period: Period.optional(),
  Metrics: z.array(Metric).optional(),
  EvaluationPeriods: z.coerce.number().int().positive(),
  DatapointsToAlarm: z.coerce.number().int().positive().optional(),
  Threshold: z.coerce.number({ error: 'only alarms with a threshold are known here' }),
  ComparisonOperator: z.custom<Comparison>(
    (name) => typeof name === 'string' && name in comparisons,
    { error: `only ${Object.keys(comparisons).join(', ')} are known here` },
  ),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: Texts,
  OKActions: Texts,
  InsufficientDataActions: Texts,
});
type Shape = z.output<typeof Shape>;

/** Reads an alarm; what is not known here is refused in a sentence. */
export function alarmOf(resource: Resource, values: CloudValues): Alarm {
  const parsed = Shape.safeParse(values.properties(resource));
  if (!parsed.success) {
    throw new Error(`${resource.path} cannot be watched: ${z.prettifyError(parsed.error)}`);
  }
  const shape = parsed.data;
  const watched = watchedBy(shape, resource.path);
  const actions = (topics: readonly string[]) => (shape.ActionsEnabled ? topics : []);
  return {
    name: values.refOf(resource),
    path: resource.path,
    description: shape.AlarmDescription,
    evaluationPeriods: shape.EvaluationPeriods,
    datapointsToAlarm: shape.DatapointsToAlarm ?? shape.EvaluationPeriods,
    treatMissingData: watched.namespaces.includes(IGNORING) ? 'ignore' : shape.TreatMissingData,
    comparison: shape.ComparisonOperator,
    threshold: shape.Threshold,
    actions: {
      ALARM: actions(shape.AlarmActions),
      OK: actions(shape.OKActions),
      INSUFFICIENT_DATA: actions(shape.InsufficientDataActions),
    },
    periodMs: watched.periodMs,
    value: watched.value,
  };
}

/** "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data" (PutMetricAlarm). */
const IGNORING = 'AWS/DynamoDB';

interface Watched extends Pick<Alarm, 'periodMs' | 'value'> {
  readonly namespaces: readonly string[];
}

function watchedBy(shape: Shape, path: string): Watched {
  if (shape.Metrics) return reckoned(shape.Metrics, path);
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = shape;
  const statistic = shape.Statistic ?? shape.ExtendedStatistic;
  if (!namespace || !name || !statistic || !shape.Period) {
    throw new Error(`${path} cannot be watched: it names no metric, statistic and period.`);
  }
  return {
    namespaces: [namespace],
    periodMs: shape.Period * 1000,
    value: (metrics, from, to) =>
      metrics.statistic({ namespace, name, dimensions }, statistic, from, to),
  };
}

function reckoned(all: readonly z.output<typeof Metric>[], path: string): Watched {
  const metrics = all.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ Id, ...MetricStat }] : []));
  const [period, ...others] = new Set(metrics.map(({ Period: each }) => each));
  const [returned, ...more] = all.filter(({ ReturnData }) => ReturnData);
  if (period === undefined || others.length > 0 || !returned || more.length > 0) {
    throw new Error(
      `${path} cannot be watched: give its metrics one period, and return one value.`,
    );
  }
  const stats = new Map(
    metrics.map(({ Id, Metric: metric, Stat }) => [Id, { id: idOf(metric), statistic: Stat }]),
  );
  const expressions = new Map(
    all.flatMap(({ Id, Expression: text }) =>
      text === undefined ? [] : [[Id, parseExpression(text)] as const],
    ),
  );
  return {
    namespaces: metrics.map(({ Metric: { Namespace } }) => Namespace),
    periodMs: period * 1000,
    value: (known, from, to) =>
      valueIn(expressions, path, (id) => {
        const found = stats.get(id);
        return found && known.statistic(found.id, found.statistic, from, to);
      })(returned.Id, new Set(stats.keys())),
  };
}

/** Works an expression out from the metrics and from other expressions, none of which may lead back to it. */
function valueIn(
  expressions: ReadonlyMap<string, Expression>,
  path: string,
  metric: (id: string) => number | undefined,
): (id: string, known: ReadonlySet<string>) => number | undefined {
  const value = (id: string, known: ReadonlySet<string>, above: readonly string[]) => {
    const expression = expressions.get(id);
    if (!expression && known.has(id)) return metric(id);
    if (!expression || above.includes(id)) {
      throw new Error(`${path} cannot be watched: it has no ${id} that leads to a metric.`);
    }
    return expression((each): number | undefined => value(each, known, [...above, id]));
  };
  return (id, known) => value(id, known, []);
}

function idOf({
  Namespace,
  MetricName,
  Dimensions: dimensions,
}: NonNullable<z.output<typeof Metric>['MetricStat']>['Metric']): MetricId {
  return { namespace: Namespace, name: MetricName, dimensions };
}

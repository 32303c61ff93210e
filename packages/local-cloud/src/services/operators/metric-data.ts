import * as z from 'zod';
import { fieldsOf, targetOf } from '../../protocol/json-request.ts';
import type {
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../../protocol/played-service.ts';
import { errorIn } from '../../protocol/wire-errors.ts';
import type { Metrics } from '../../watch/metrics.ts';

const Asked = z.object({
  /** Seconds since 1970, by the watch's clock. */
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z.tuple([
    z.object({
      Id: z.string(),
      Expression: z.string(),
      Period: z.number().int().multipleOf(60).positive(),
    }),
  ]),
});
type Asked = z.output<typeof Asked>;

/**
 * A query of Metrics Insights: the sums of a metric, by its only dimension, the largest first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */
const QUERY =
  /^SELECT SUM\((?<name>\w+)\) FROM SCHEMA\("(?<namespace>[^"]+)", (?<dimension>\w+)\) GROUP BY \k<dimension> ORDER BY SUM\(\) DESC$/;

/** CloudWatch, as far as operators ask whose share of a metric is large. */
export function playMetricData(metrics: Metrics): PlayedService {
  return {
    signingName: 'monitoring',
    wireFormat: 'json-1.0',
    actionOf: (request) =>
      targetOf(request) === 'GetMetricData' ? 'cloudwatch:GetMetricData' : undefined,
    handle: async (request) => answer(request, metrics),
  };
}

function answer(request: PlayedRequest, metrics: Metrics): PlayedResponse {
  const asked = Asked.safeParse(fieldsOf(request));
  if (!asked.success) return invalid(z.prettifyError(asked.error));
  const [{ Expression }] = asked.data.MetricDataQueries;
  const { namespace, name, dimension } = QUERY.exec(Expression)?.groups ?? {};
  if (namespace === undefined || name === undefined || dimension === undefined) {
    return invalid(
      `The local cloud does not know the query "${Expression}": teach it in packages/local-cloud/src/services/operators/metric-data.ts.`,
    );
  }
  const series = metrics
    .withDimension(namespace, name, dimension)
    .map((id) => ({
      label: id.dimensions[dimension] ?? '',
      points: sumsOf(asked.data, (from, to) => metrics.statistic(id, 'Sum', from, to)),
    }))
    .filter(({ points }) => points.length > 0)
    .toSorted((one, other) => totalOf(other.points) - totalOf(one.points));
  return reply(asked.data, series);
}

interface Point {
  /** Where the period begins, in seconds since 1970. */
  readonly at: number;
  readonly sum: number;
}

interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

/** The sums of the periods for which something was reported, the newest first. */
function sumsOf(
  { StartTime, EndTime, MetricDataQueries: [{ Period }] }: Asked,
  sum: (from: number, to: number) => number | undefined,
): readonly Point[] {
  const first = Math.floor(StartTime / Period) * Period;
  const periods = Math.max(0, Math.ceil((EndTime - first) / Period));
  return Array.from({ length: periods }, (_, index) => first + index * Period)
    .flatMap((at) => {
      const found = sum(at * 1000, Math.min(at + Period, EndTime) * 1000);
      return found === undefined ? [] : [{ at, sum: found }];
    })
    .toReversed();
}

const totalOf = (points: readonly Point[]): number =>
  points.reduce((total, { sum }) => total + sum, 0);

function reply({ MetricDataQueries: [{ Id }] }: Asked, series: readonly Series[]): PlayedResponse {
  const MetricDataResults = series.map(({ label, points }) => ({
    Id,
    Label: label,
    Timestamps: points.map(({ at }) => at),
    Values: points.map(({ sum }) => sum),
    StatusCode: 'Complete',
  }));
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status: 200, headers, body: JSON.stringify({ MetricDataResults, Messages: [] }) };
}

function invalid(message: string): PlayedResponse {
  return errorIn('json-1.0', { status: 400, code: 'ValidationError', message });
}

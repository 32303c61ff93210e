import * as z from 'zod';
import type { Dimensions, Report } from './metrics.ts';

const Embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});
const Values = z.union([z.number(), z.array(z.number())]);

export type HearLine = (line: string) => void;

/**
 * Metrics in log lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(report: Report, timeOf: (timestamp: number) => number): HearLine {
  return (line) => {
    // Most lines have none, and reading each of them as JSON would be felt.
    if (!line.includes('"CloudWatchMetrics"')) return;
    const parsed = Embedded.safeParse(readJson(line));
    if (!parsed.success) return;
    const { _aws: directive, ...members } = parsed.data;
    for (const { Namespace: namespace, Dimensions: sets, Metrics } of directive.CloudWatchMetrics) {
      const values = Metrics.flatMap(({ Name }) => {
        const value = Values.safeParse(members[Name]);
        return value.success ? [[Name, value.data] as const] : [];
      });
      report({
        namespace,
        dimensionSets: sets.map((names) => dimensionsOf(names, members)),
        values: Object.fromEntries(values),
        at: timeOf(directive.Timestamp),
      });
    }
  };
}

function dimensionsOf(names: readonly string[], members: Record<string, unknown>): Dimensions {
  return Object.fromEntries(names.map((name) => [name, String(members[name])]));
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

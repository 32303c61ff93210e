import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DiscreetFormatter, withoutPhoneNumbers } from './log-format.ts';

/**
 * Powertools, configured once. The service's name, the metrics' namespace and the level come from the
 * POWERTOOLS_* variables of the function.
 */
export const logger = new Logger({
  logFormatter: new DiscreetFormatter(),
  jsonReplacerFn: withoutPhoneNumbers,
});
export const metrics = new Metrics();

export function countOne(metric: string): void {
  count(metric, 1);
}

/** How many there are of something. */
export function count(metric: string, howMany: number): void {
  metrics.addMetric(metric, MetricUnit.Count, howMany);
}

/** How much of something is used up, where 1 is all of it. */
export function measureShare(metric: string, share: number): void {
  metrics.addMetric(metric, MetricUnit.Percent, 100 * share);
}

/** How long something took, or how late it was. */
export function measure(metric: string, milliseconds: number): void {
  metrics.addMetric(metric, MetricUnit.Milliseconds, Math.max(0, Math.round(milliseconds)));
}

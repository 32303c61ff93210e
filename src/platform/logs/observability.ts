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

/** Reports how many there are of something. */
export function count(metric: string, howMany: number): void {
  metrics.addMetric(metric, MetricUnit.Count, howMany);
}

/** Reports which share of something is used up: 1 is all of it. */
export function measureShare(metric: string, share: number): void {
  metrics.addMetric(metric, MetricUnit.Percent, 100 * share);
}

/** Reports how long something took, or how late it was, in milliseconds. */
export function measure(metric: string, milliseconds: number): void {
  metrics.addMetric(metric, MetricUnit.Milliseconds, Math.max(0, Math.round(milliseconds)));
}

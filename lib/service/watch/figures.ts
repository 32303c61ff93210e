import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { metricsNamespace } from '../functions/weelo-function.ts';
import type { Stage } from '../../parts/stage.ts';

type Statistic = 'Sum' | 'Maximum' | 'p50' | 'p90' | 'p99';

/** What our own code reports, whichever functions do. A new function needs no change here. */
export class Figures {
  private readonly namespace: string;
  private readonly prefix: string;

  constructor(stage: Stage) {
    this.namespace = metricsNamespace(stage);
    this.prefix = `weelo ${stage.name}`;
  }

  /** A count of all functions together. */
  total(metric: string, label = metric): IMetric {
    return inAll(`SUM(${this.search(metric, 'Sum')})`, label);
  }

  /** The most that any function has reported. */
  most(metric: string, label = metric): IMetric {
    return inAll(`MAX(${this.search(metric, 'Maximum')})`, label);
  }

  /** Each function's own line: percentiles cannot be put together. */
  each(metric: string, statistic: Statistic): IMetric {
    return inAll(this.search(metric, statistic), `${statistic} \${PROP('Dim.service')}`);
  }

  /** A metric of AWS, of everything that has the stage's name in its own. */
  ofAws(namespace: string, dimension: string, metric: string, statistic: Statistic): string {
    return searched(`{${namespace},${dimension}}`, metric, statistic, ` ${this.prefix}`);
  }

  private search(metric: string, statistic: Statistic): string {
    return searched(`{"${this.namespace}",service}`, metric, statistic);
  }
}

export function inAll(expression: string, label: string): IMetric {
  return new MathExpression({ expression, label, period });
}

const period = Duration.minutes(5);

function searched(schema: string, metric: string, statistic: Statistic, more = ''): string {
  return `SEARCH('${schema} MetricName="${metric}"${more}', '${statistic}', ${period.toSeconds()})`;
}

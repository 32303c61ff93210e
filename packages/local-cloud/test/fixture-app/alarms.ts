import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnApi, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const period = Duration.minutes(1);

/** Alarms on metrics as the CDK itself makes them, all told to one topic. */
export function addAlarms(stack: Stack): void {
  const topic = new Topic(stack, 'Alarms');
  const alarm = (id: string, metric: IMetric, threshold: number, evaluationPeriods = 1) => {
    const made = new Alarm(stack, id, {
      metric,
      threshold,
      evaluationPeriods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    made.addAlarmAction(new SnsAction(topic));
    made.addOkAction(new SnsAction(topic));
  };
  alarm('Errors', functionOf(stack, 'behave').metricErrors({ period, statistic: 'Sum' }), 2);
  alarm('Throttles', functionOf(stack, 'reserved').metricThrottles({ period }), 1);
  const deadLetters = queueOf(stack, 'DeadLetters');
  alarm('Dead', deadLetters.metricApproximateNumberOfMessagesVisible({ period }), 1);
  alarm('Lag', queueOf(stack, 'Plain').metricApproximateAgeOfOldestMessage({ period }), 180, 3);
  alarm('ServerErrors', apiMetric(stack, '5xx'), 1);
  alarm('Silence', silence(functionOf(stack, 'tick')), 1, 2);
  const dimensionsMap = { service: 'behave' };
  alarm('Sold', new Metric({ namespace: 'Shop', metricName: 'Sold', dimensionsMap, period }), 40);
}

/** The function is called each hour: it says nothing in a minute of most. */
function silence(tick: LambdaFunction): IMetric {
  const runs = tick.metricInvocations({ period: Duration.hours(1), statistic: 'Sum' });
  return new MathExpression({
    expression: 'IF(FILL(runs, 0) < 1, 1, 0)',
    usingMetrics: { runs },
    period: Duration.hours(1),
  });
}

/** As `HttpStage.metricServerError` has it: under the API and its stage. */
function apiMetric(stack: Stack, metricName: string): IMetric {
  const all = stack.node.findAll();
  const api = all.find((each) => each instanceof CfnApi && each.protocolType === 'HTTP');
  const stage = all.find((each) => each instanceof CfnStage && each.stageName === '$default');
  if (!(api instanceof CfnApi) || !stage) throw new Error('The fixture has no HTTP API.');
  const dimensionsMap = { ApiId: api.ref, Stage: '$default' };
  const namespace = 'AWS/ApiGateway';
  return new Metric({ namespace, metricName, dimensionsMap, period, statistic: 'Sum' });
}

function functionOf(stack: Stack, id: string): LambdaFunction {
  const found = stack.node.findChild(id);
  if (found instanceof LambdaFunction) return found;
  throw new Error(`The fixture has no function ${id}.`);
}

function queueOf(stack: Stack, id: string): Queue {
  const found = stack.node.findChild(id);
  if (found instanceof Queue) return found;
  throw new Error(`The fixture has no queue ${id}.`);
}

import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Resource } from '../../src/contract/environment.ts';
import { type FunctionName, functionNames, functions } from '../../src/contract/functions.ts';
import type { Database } from '../data/database.ts';
import type { HttpApi } from './apis/http-api.ts';
import type { Stage } from '../parts/stage.ts';
import { metricsNamespace } from './functions/weelo-function.ts';
import type { WeeloFunctions } from './functions/weelo-functions.ts';
import type { WorkQueue } from './work/work-queue.ts';

export interface ObservabilityProps {
  readonly stage: Stage;
  readonly functions: WeeloFunctions;
  readonly http: HttpApi;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly database: Database;
}

interface AlarmProps {
  readonly metric: IMetric;
  /** It rings from this value on, or when nothing is reported any more. */
  readonly ringing: { readonly from: number } | 'when silent';
  /** Periods in a row. Default: 1. */
  readonly periods?: number;
  readonly meaning: string;
  readonly remedy: string;
}

/** Functions whose crash breaks a promise rather than one answer. */
const watched: readonly FunctionName[] = ['orders', 'dispatch', 'notify', 'reconcile', 'migrate'];

/** Whoever has codes sent. */
const senders = functionNames.filter((name) => {
  const uses: readonly Resource[] = functions[name].uses;
  return uses.includes('code-budget');
});

/** What somebody must be woken for, all of it told to one topic. */
export class Observability extends Construct {
  /** Operators subscribe to it. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { stage, functions, http, queues, database } = props;
    this.topic = this.topicForAlarms();
    for (const [name, queue] of Object.entries(queues)) this.watchQueue(name, queue);
    for (const name of watched) this.watchFunction(name, functions);
    this.watchReconciler(functions);
    this.watchOutbox(stage);
    this.watchCodes(stage);
    this.alarm('ServerErrors', {
      metric: http.metricServerErrors(),
      ringing: { from: 5 },
      periods: 3,
      meaning: 'The HTTP API has been answering 5xx for three minutes.',
      remedy:
        'GET /health names the part that is away; find the requests in http-access by status.',
    });
    this.alarm('DatabaseCapacity', {
      metric: database.cluster.metric('ACUUtilization', {
        period: Duration.minutes(5),
        statistic: 'Average',
      }),
      ringing: { from: 90 },
      periods: 3,
      meaning: 'PostgreSQL has been within a tenth of its largest size for a quarter of an hour.',
      remedy:
        "Look for a slow statement first, then raise the stage's maxCapacity and deploy data.",
    });
  }

  /**
   * A topic's policy replaces the one that it is born with, by which its whole account may publish. To
   * ask for TLS makes one: it must let the alarms in, too.
   */
  private topicForAlarms(): ITopic {
    const topic = new Topic(this, 'Alarms', { displayName: 'Weelo alarms', enforceSSL: true });
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: ours }));
    return topic;
  }

  private watchQueue(name: string, queue: WorkQueue): void {
    this.alarm(`${name}DeadLetters`, {
      metric: queue.metricDeadLetters(),
      ringing: { from: 1 },
      meaning: `The ${name} queue gave a message up after five tries.`,
      remedy: 'Find its error in the log by message id; mend the cause, then redrive the messages.',
    });
    this.alarm(`${name}Lag`, {
      metric: queue.metricOldest(),
      ringing: { from: 180 },
      periods: 3,
      meaning: `The ${name} queue is not worked off: its oldest message has waited for minutes.`,
      remedy: 'See whether the function fails, is throttled, or waits for PostgreSQL.',
    });
  }

  private watchFunction(name: FunctionName, functions: WeeloFunctions): void {
    this.alarm(`${name}Errors`, {
      metric: functions.of(name).lambda.metricErrors({ period: Duration.minutes(5) }),
      ringing: { from: 3 },
      meaning: `${name} crashed, timed out or ran out of memory three times in five minutes.`,
      remedy: 'Its log group has the reason; roll back if it came with a deployment.',
    });
  }

  private watchReconciler(functions: WeeloFunctions): void {
    this.alarm('ReconcilerStopped', {
      metric: functions.of('reconcile').lambda.metricInvocations({ period: Duration.minutes(5) }),
      ringing: 'when silent',
      periods: 2,
      meaning: 'reconcile has not run for ten minutes: lost timers and messages are not repaired.',
      remedy: 'See that its EventBridge rule is enabled and that the function is not throttled.',
    });
  }

  private watchOutbox(stage: Stage): void {
    this.alarm('EventsParked', {
      metric: countedBy('reconcile', { metricName: 'EventsParked', statistic: 'Maximum' }, stage),
      ringing: { from: 1 },
      meaning: 'A queue refuses an event for what it says: nobody is told of it.',
      remedy: 'Follow docs/runbooks/parked-events.md; it rings until none is parked.',
    });
  }

  /** Codes that nobody uses are sent by somebody's script, or do not arrive. */
  private watchCodes(stage: Stage): void {
    const period = Duration.minutes(15);
    this.alarm('UnusedCodes', {
      metric: new MathExpression({
        // A few more or less say nothing, and at night there are only a few.
        expression: 'IF(sent >= 20, 100 - 100 * verified / sent, 0)',
        usingMetrics: {
          sent: new MathExpression(ofSenders('SUM', 'OtpSent', stage)),
          verified: new MathExpression(ofSenders('SUM', 'OtpVerified', stage)),
        },
        label: 'Codes sent and not verified, percent',
        period,
      }),
      ringing: { from: 70 },
      meaning: 'Of the codes of a quarter of an hour not even three in ten were used.',
      remedy:
        'Do they arrive? See SmsSent, SmsRefused and SmsFailed, and try a phone. If they do, somebody has codes sent for money: lower what the stage allows.',
    });
    // An hour long: a code now and then is enough to keep it ringing.
    const hour = Duration.hours(1);
    this.alarm('CodesRunOut', {
      metric: new MathExpression({
        ...ofSenders('MAX', 'OtpOpenShareUsed', stage),
        label: 'Codes of the day that strangers may use and have used, percent',
        period: hour,
      }),
      ringing: { from: 60 },
      meaning:
        'Three fifths of the codes that a day has for everybody are sent. When all are, nobody logs in for the first time until midnight UTC.',
      remedy: 'Follow docs/runbooks/when-codes-run-out.md.',
    });
    this.alarm('KeptCodesRunOut', {
      metric: new MathExpression({
        ...ofSenders('MAX', 'OtpKeptShareUsed', stage),
        label: 'Codes of the day kept for accounts that logged in before, used, percent',
        period: hour,
      }),
      ringing: { from: 60 },
      meaning:
        'Three fifths of the codes that a day keeps for known accounts are sent. When all are, nobody can log in until midnight UTC.',
      remedy: 'Follow docs/runbooks/when-codes-run-out.md.',
    });
  }

  private alarm(id: string, { metric, ringing, periods = 1, meaning, remedy }: AlarmProps): void {
    const alarm = new Alarm(this, id, {
      metric,
      evaluationPeriods: periods,
      alarmDescription: `${meaning} ${remedy}`,
      ...limitOf(ringing),
    });
    const ring = new SnsAction(this.topic);
    alarm.addAlarmAction(ring);
    if (ringing === 'when silent') alarm.addInsufficientDataAction(ring);
  }
}

/** What the code of a function counts, by the names that Powertools gives. */
function countedBy(
  service: FunctionName,
  of: { readonly metricName: string; readonly statistic: 'Sum' | 'Maximum' },
  stage: Stage,
): IMetric {
  return new Metric({
    namespace: metricsNamespace(stage),
    dimensionsMap: { service },
    ...of,
  });
}

/** What the code of all who send codes counts; who says nothing says none. */
function ofSenders(
  of: 'SUM' | 'MAX',
  metricName: 'OtpSent' | 'OtpVerified' | 'OtpOpenShareUsed' | 'OtpKeptShareUsed',
  stage: Stage,
) {
  const statistic = of === 'SUM' ? 'Sum' : 'Maximum';
  const metrics = senders.map((service) => {
    const metric = countedBy(service, { metricName, statistic }, stage);
    return [`${service}${metricName}`, metric] as const;
  });
  const filled = metrics.map(([id]) => `FILL(${id}, 0)`);
  return {
    expression: `${of}([${filled.join(', ')}])`,
    usingMetrics: Object.fromEntries<IMetric>(metrics),
  };
}

/**
 * Every alarm begins as INSUFFICIENT_DATA. One that waits for silence goes back there and rings on the
 * way; if it took missing data for bad, it would ring at once, before there was anything to report.
 */
function limitOf(ringing: AlarmProps['ringing']) {
  return ringing === 'when silent'
    ? {
        threshold: 1,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.MISSING,
      }
    : {
        threshold: ringing.from,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      };
}

import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

/** How many one-time codes a stage may send. */
export function codeBudgetProvision({ codes }: Stage): Provisions<'code-budget'> {
  return {
    'code-budget': {
      variables: {
        OTP_SENDS_PER_PREFIX: String(codes.perPrefix),
        OTP_SENDS_PER_ADDRESS: String(codes.perAddress),
        OTP_SENDS_PER_DAY: String(codes.perDay),
        OTP_KEPT_SHARE: String(codes.keptShare),
      },
      // The resource is only a set of limits, so it needs no permission.
      grant: () => {},
    },
  };
}

/** Alarms about the codes that these functions have sent. */
export function codeAlarms(senders: readonly WeeloFunction[]): readonly AlarmProps[] {
  return [
    unusedCodes(senders),
    runningOut(senders, {
      name: 'CodesRunOut',
      metricName: 'OtpOpenShareUsed',
      label: 'Codes of the day that strangers may use and have used, percent',
      meaning:
        'Three fifths of the codes that a day has for everybody are sent. When all are, nobody logs in for the first time until midnight UTC.',
    }),
    runningOut(senders, {
      name: 'KeptCodesRunOut',
      metricName: 'OtpKeptShareUsed',
      label: 'Codes of the day kept for accounts that logged in before, used, percent',
      meaning:
        'Three fifths of the codes that a day keeps for known accounts are sent. When all are, nobody can log in until midnight UTC.',
    }),
  ];
}

/** If most codes are not used, a script asks for them, or they do not arrive. */
function unusedCodes(senders: readonly WeeloFunction[]): AlarmProps {
  return {
    name: 'UnusedCodes',
    metric: new MathExpression({
      // Below 20 codes the percentage says nothing. At night there are only a few.
      expression: 'IF(sent >= 20, 100 - 100 * verified / sent, 0)',
      usingMetrics: {
        sent: new MathExpression(ofAll(senders, 'SUM', 'OtpSent')),
        verified: new MathExpression(ofAll(senders, 'SUM', 'OtpVerified')),
      },
      label: 'Codes sent and not verified, percent',
      period: Duration.minutes(15),
    }),
    ringing: { from: 70 },
    meaning: 'Of the codes of a quarter of an hour not even three in ten were used.',
    remedy:
      'Do they arrive? See SmsSent, SmsRefused and SmsFailed, and try a phone. If they do, somebody has codes sent for money: lower what the stage allows.',
    runbook: 'docs/runbooks/alarms.md#unused-codes',
  };
}

interface Share {
  readonly name: string;
  readonly metricName: 'OtpOpenShareUsed' | 'OtpKeptShareUsed';
  readonly label: string;
  readonly meaning: string;
}

/** Watches one share of the day's codes. It rings early enough to do something about it. */
function runningOut(senders: readonly WeeloFunction[], share: Share): AlarmProps {
  const { name, metricName, label, meaning } = share;
  return {
    name,
    metric: new MathExpression({
      ...ofAll(senders, 'MAX', metricName),
      label,
      // A code an hour is enough to keep the alarm ringing.
      period: Duration.hours(1),
    }),
    ringing: { from: 60 },
    meaning,
    remedy: 'See how fast they go and who asks for them, then change what the stage allows.',
    runbook: 'docs/runbooks/when-codes-run-out.md',
  };
}

/** A metric over all senders. A sender that reported nothing counts as 0. */
function ofAll(
  senders: readonly WeeloFunction[],
  of: 'SUM' | 'MAX',
  metricName: Share['metricName'] | 'OtpSent' | 'OtpVerified',
) {
  const statistic = of === 'SUM' ? 'Sum' : 'Maximum';
  const metrics = senders.map((sender) => {
    const metric = sender.metricCounted(metricName, statistic);
    return [`${sender.name}${metricName}`, metric] as const;
  });
  const filled = metrics.map(([id]) => `FILL(${id}, 0)`);
  return {
    expression: `${of}([${filled.join(', ')}])`,
    usingMetrics: Object.fromEntries<IMetric>(metrics),
  };
}

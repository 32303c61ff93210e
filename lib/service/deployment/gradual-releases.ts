import { Duration, Validations } from 'aws-cdk-lib';
import type { IAlarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { functions } from '../../../src/contract/functions.ts';
import { type AlarmProps, makeSilentAlarm } from '../../parts/alarm.ts';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface GradualReleasesProps {
  readonly stage: Stage;
  /** The functions of which a tenth of the calls goes to the new version first. */
  readonly functions: readonly WeeloFunction[];
  /** The functions of the queues, which go live at once. If one of them fails, the others go back, and so does it. */
  readonly workers: readonly WeeloFunction[];
  /** How often the HTTP API answered 5xx. */
  readonly serverErrors: IMetric;
}

const forLambda = 'service-role/AWSCodeDeployRoleForLambdaLimited';

/**
 * Shifts the alias of each function in two steps: a tenth of the calls, and five minutes later all. If an alarm rings
 * before that, CodeDeploy puts the alias back, and CloudFormation undoes the rest of the release.
 */
export class GradualReleases extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { stage, functions, workers, serverErrors }: GradualReleasesProps,
  ) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application', {
      applicationName: `weelo-${stage.name}`,
    });
    const role = this.roleOfCodeDeploy();
    const ofAll = [
      serverErrorsDuringRelease(serverErrors),
      ...workers.flatMap((each) => [crashesDuringRelease(each), failuresDuringRelease(each)]),
    ].map((each) => makeSilentAlarm(this, each));
    for (const each of functions) {
      if (!each.live) continue;
      const crashes = makeSilentAlarm(this, crashesDuringRelease(each));
      new LambdaDeploymentGroup(this, each.name, {
        application,
        deploymentGroupName: each.name,
        alias: each.live,
        role,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
        alarms: [crashes, ...ofAll].map((each) => exactly<IAlarm>(each)),
        autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      });
    }
  }

  private roleOfCodeDeploy(): Role {
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${forLambda}]`,
      reason: 'AWS keeps it as small as CodeDeploy needs: aliases, alarms, and no function code',
    });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(forLambda)],
    });
  }
}

/** One minute is the shortest period that Lambda and API Gateway report in. */
const soon = Duration.minutes(1);
/** As long as a tenth of the calls goes to the new version. */
const asLongAsGradual = Duration.minutes(5);

/** What the schedule calls runs once to three times in those five minutes, so that one crash must be enough. */
function crashesDuringRelease({ name, lambda }: WeeloFunction): AlarmProps {
  const isScheduled = functions[name].trigger === 'schedule';
  return {
    name: `${name}CrashesInRelease`,
    metric: lambda.metricErrors({ period: isScheduled ? asLongAsGradual : soon }),
    ringing: { from: isScheduled ? 1 : 3 },
    meaning: `${name} crashed, timed out or ran out of memory ${isScheduled ? 'once in five minutes' : 'three times in a minute'}.`,
    remedy: 'Nobody is told. A release that is on its way is rolled back.',
    runbook: 'docs/runbooks/roll-back.md#what-rolls-back-by-itself',
  };
}

/** A message that fails is no crash: its function answers which ones failed. */
function failuresDuringRelease(worker: WeeloFunction): AlarmProps {
  return {
    name: `${worker.name}FailuresInRelease`,
    metric: worker.metricCounted('MessagesFailed', 'Sum', soon),
    ringing: { from: 5 },
    meaning: `${worker.name} failed at five messages in a minute.`,
    remedy: 'Nobody is told. A release that is on its way is rolled back.',
    runbook: 'docs/runbooks/roll-back.md#what-rolls-back-by-itself',
  };
}

function serverErrorsDuringRelease(metric: IMetric): AlarmProps {
  return {
    name: 'ServerErrorsInRelease',
    metric,
    ringing: { from: 5 },
    meaning: 'The HTTP API answered 5xx five times in a minute.',
    remedy: 'Nobody is told. A release that is on its way is rolled back.',
    runbook: 'docs/runbooks/roll-back.md#what-rolls-back-by-itself',
  };
}

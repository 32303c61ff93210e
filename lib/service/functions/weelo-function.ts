import { Duration, Validations } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  type IGrantable,
  type IPrincipal,
  ManagedPolicy,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Function,
  type IFunction,
  type IVersion,
  LoggingFormat,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import { type FunctionName, functions } from '../../../src/contract/functions.ts';
import type { Network } from '../../data/network.ts';
import type { AlarmProps } from '../../parts/alarm.ts';
import { exactly } from '../../parts/exactly.ts';
import { makeLog } from '../../parts/log.ts';
import type { Provision } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import { crashesThatRing } from './crashes.ts';
import { architecture, functionCode, runtime } from './function-code.ts';

export interface WeeloFunctionProps {
  readonly name: FunctionName;
  readonly stage: Stage;
  readonly network: Network;
  /** What the function may use. Its variables, grants and network access follow from these. */
  readonly provisions: readonly Provision[];
  /** Default: 1,024. That comes with over half a CPU, and the CPU, not the memory, limits a cold start. */
  readonly memoryMegabytes?: number;
}

/** One function of the contract. Lambda functions are made nowhere else. */
export class WeeloFunction extends Construct implements IGrantable {
  readonly name: FunctionName;
  /** What calls, triggers and metrics use: the alias, if there is one. */
  readonly lambda: IFunction;
  /** The version that is live. Undefined for what a deployment or an operator calls by the function's name. */
  readonly live: Alias | undefined;
  readonly grantPrincipal: IPrincipal;
  readonly timeout: Duration;
  private readonly made: Function;
  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: WeeloFunctionProps) {
    super(scope, id);
    const { name, stage, network, provisions, memoryMegabytes = 1024 } = props;
    const { purpose, timeoutSeconds, network: side } = functions[name];
    this.name = name;
    this.namespace = metricsNamespace(stage);
    this.timeout = Duration.seconds(timeoutSeconds);
    const logGroup = makeLog(this, 'Logs', { stage, name });
    // The CDK's default role may write to every log group. This one may write to the function's own only.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const inside = side === 'vpc' ? this.placeIn(network, role, provisions) : {};

    this.made = new Function(this, 'Function', {
      functionName: `weelo-${stage.name}-${name}`,
      description: purpose,
      runtime,
      architecture,
      code: functionCode(name),
      handler: `functions/${name}.handler`,
      layers: [...new Set(provisions.flatMap(({ layer }) => layer ?? []))],
      memorySize: memoryMegabytes,
      timeout: this.timeout,
      ...reservedFor(name, stage),
      tracing: Tracing.ACTIVE,
      // The code writes its log lines as JSON already. With the JSON format, Lambda would wrap each line again.
      loggingFormat: LoggingFormat.TEXT,
      logGroup,
      role,
      environment: { ...standing(name, stage), ...variablesFrom(provisions) },
      ...inside,
    });
    this.live = isReleased(name) ? liveVersionOf(this.made) : undefined;
    this.lambda = exactly<IFunction>(this.live ?? this.made);
    this.grantPrincipal = this.made.grantPrincipal;
    for (const { grant } of provisions) grant(this);
    this.acknowledge();
  }

  /** Neither the function nor its live version changes before these are there. */
  startAfter(...steps: readonly IDependable[]): void {
    this.made.node.addDependency(...steps);
  }

  /** A metric that the function's own code reports under this name. */
  metricCounted(
    metricName: string,
    statistic: 'Sum' | 'Maximum' | 'SampleCount',
    period = Duration.minutes(5),
  ): IMetric {
    const dimensionsMap = { service: this.name };
    return new Metric({ namespace: this.namespace, metricName, dimensionsMap, statistic, period });
  }

  alarms(): readonly AlarmProps[] {
    const { ringing, often } = crashesThatRing(this.name);
    return [
      {
        name: `${this.name}Errors`,
        metric: this.lambda.metricErrors({ period: Duration.minutes(5) }),
        ringing,
        meaning: `${this.name} crashed, timed out or ran out of memory ${often}.`,
        remedy: 'Its log group has the reason; roll back if it came with a deployment.',
        runbook: 'docs/runbooks/alarms.md#function-errors',
      },
    ];
  }

  private placeIn(network: Network, role: Role, provisions: readonly Provision[]) {
    role.addManagedPolicy(
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess'),
    );
    return {
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [
        ...network.functions,
        ...new Set(provisions.flatMap(({ clients }) => clients ?? [])),
      ],
    };
  }

  private acknowledge(): void {
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaENIManagementAccess]',
        reason: 'Network interfaces have no names to grant beforehand; the policy has nothing else',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray takes trace segments for no resource in particular',
      },
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'Who calls a function learns of its failure: API Gateway, a queue with a dead-letter queue, a deployment, an operator. What the schedule calls is called again',
      },
    );
  }
}

/** Whether a release of the function goes live by moving its alias (docs/decisions/0034-releases.md). */
function isReleased(name: FunctionName): boolean {
  const { trigger } = functions[name];
  return trigger !== 'deployment' && trigger !== 'command';
}

/** Every API, queue and schedule calls this alias, so that its shift is the moment at which a release goes live. */
function liveVersionOf(made: Function): Alias {
  const version = exactly<IVersion>(made.currentVersion);
  return new Alias(made, 'Live', { aliasName: 'live', version });
}

/**
 * The namespace of a stage's own metrics, which have the function's name as the dimension `service`. It contains the
 * stage's name, because otherwise two stages in one account would report into the same metrics.
 */
export function metricsNamespace(stage: Stage): string {
  return `Weelo/${stage.name}`;
}

/** The variables of every function, whatever it uses. */
function standing(name: FunctionName, stage: Stage): Readonly<Record<string, string>> {
  return {
    WEELO_STAGE: stage.name,
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(stage),
    POWERTOOLS_LOG_LEVEL: stage.logLevel,
  };
}

/** Without a reservation, a function takes what others leave. */
function reservedFor(name: FunctionName, { reservedConcurrency }: Stage) {
  const reservedConcurrentExecutions = reservedConcurrency[name];
  return reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions };
}

function variablesFrom(provisions: readonly Provision[]): Readonly<Record<string, string>> {
  return Object.fromEntries(provisions.flatMap(({ variables }) => Object.entries(variables)));
}

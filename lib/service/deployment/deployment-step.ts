import { CustomResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { makeLog } from '../../parts/log.ts';
import type { Stage } from '../../parts/stage.ts';
import { architecture, runtime } from '../functions/function-code.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';

export interface DeploymentStepProps {
  readonly stage: Stage;
  readonly step: WeeloFunction;
  /** The step runs again whenever one of these changes. Default: it runs once. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A function that a deployment runs and waits for. If the function fails, the deployment fails. */
export class DeploymentStep extends Construct {
  /** A resource that must not go live before the step is done depends on this. */
  readonly done: CustomResource;

  constructor(scope: Construct, id: string, { stage, step, properties = {} }: DeploymentStepProps) {
    super(scope, id);
    const logGroup = makeLog(this, 'Logs', { stage, name: `${step.node.id}-framework` });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: step.lambda,
      frameworkOnEventRole: role,
      logGroup,
    });
    likeOurs(provider);
    this.done = new CustomResource(this, 'Done', {
      serviceToken: provider.serviceToken,
      resourceType: `Custom::Weelo-${step.node.id}`,
      // Without it, CloudFormation waits for an hour if the framework itself is lost.
      serviceTimeout: step.timeout.plus(forTheFramework),
      properties: { ...properties },
    });
    this.acknowledge(step);
  }

  private acknowledge(step: WeeloFunction): void {
    const { defaultChild } = step.lambda.node;
    const logicalId =
      defaultChild instanceof CfnFunction ? Stack.of(this).getLogicalId(defaultChild) : '';
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
      reason: 'The framework invokes one function, of any version',
    });
    Validations.of(this).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'CloudFormation learns of a failure, and the deployment fails',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'The framework passes an event on, to a function that is traced',
      },
    );
  }
}

/** The framework waits until a function that was just made can be called, and tells CloudFormation. */
const forTheFramework = Duration.minutes(3);

/** The provider framework brings its own Lambda function. We give it our runtime and architecture, and a size. */
function likeOurs(provider: Provider): void {
  for (const each of provider.node.findAll()) {
    if (!(each instanceof CfnFunction)) continue;
    each.runtime = runtime.name;
    each.architectures = [architecture.name];
    each.memorySize = 256;
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import {
  Alias,
  Code,
  Function,
  type IFunction,
  type IVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';

export interface Release {
  /** What the function answers. */
  readonly name: string;
  /** Whether the function throws. Default: it answers. */
  readonly fails?: boolean;
  /** Whether the custom resource refuses this release. Default: it takes every release. */
  readonly isRefused?: boolean;
  /** A path that is served beside `/`. Default: none. */
  readonly path?: string;
  /** A queue more, which a function works off. Default: none. */
  readonly queue?: string;
  /** In seconds, of the queue that every release has. Default: 30. */
  readonly visibility?: number;
  /** How CodeDeploy moves the alias. Default: a tenth first, and all after five minutes. */
  readonly config?: string;
}

const handlers = `
const { appendFileSync } = require('node:fs');
exports.front = async (event) => {
  if (process.env.FAILS) throw new Error('a bad release');
  return { release: process.env.RELEASE, version: process.env.AWS_LAMBDA_FUNCTION_VERSION };
};
exports.work = async ({ Records }) => {
  for (const { body } of Records) console.log('worked ' + process.env.RELEASE + ' ' + body);
};
exports.step = async (event, context) => {
  const { RequestType, ResourceProperties, OldResourceProperties } = event;
  const refused = ResourceProperties.refused === 'true';
  console.log(['step', RequestType, OldResourceProperties?.release, ResourceProperties.release].join(' '));
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status: refused ? 'FAILED' : 'SUCCESS',
      Reason: 'the step refuses it',
      PhysicalResourceId: 'step',
    }),
  });
};`;

/** An app with one function behind an alias, as one of its releases, in the folder that it answers with. */
export function synthesizeRelease(folder: string, release: Release): string {
  const code = join(folder, `handlers-${release.name}`);
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, 'index.js'), handlers);
  const outdir = join(folder, `cdk.out-${release.name}`);
  const context = {
    'aws:cdk:enable-path-metadata': true,
    '@aws-cdk/aws-lambda:recognizeVersionProps': true,
  };
  const app = new App({ outdir, analyticsReporting: false, context });
  build(new Stack(app, 'released', { env: { region: 'ap-south-1' } }), code, release);
  app.synth();
  return outdir;
}

function build(stack: Stack, folder: string, release: Release): void {
  const { name, fails = false, isRefused = false, path, queue, visibility = 30 } = release;
  const code = Code.fromAsset(folder);
  const lambda = (id: string, handler: string, environment: Record<string, string>) =>
    new Function(stack, id, { runtime: Runtime.NODEJS_24_X, code, handler, environment });
  const step = new CustomResource(stack, 'Step', {
    serviceToken: lambda('StepFunction', 'index.step', {}).functionArn,
    resourceType: 'Custom::Step',
    properties: { release: name, refused: isRefused },
  });
  const front = lambda('Front', 'index.front', { RELEASE: name, ...(fails && { FAILS: 'yes' }) });
  front.node.addDependency(step);
  const live = liveVersionOf(front);
  moveGradually(stack, live, release);
  const api = new HttpApi(stack, 'Api');
  for (const each of ['/', ...(path === undefined ? [] : [path])]) {
    api.addRoutes({
      path: each,
      integration: new HttpLambdaIntegration(`At${each}`, asFunction(live)),
    });
  }
  const worked = new Queue(stack, 'Worked', { visibilityTimeout: Duration.seconds(visibility) });
  const work = lambda('Work', 'index.work', { RELEASE: name });
  const working = liveVersionOf(work);
  working.addEventSource(new SqsEventSource(worked));
  if (queue === undefined) return;
  const more = new Queue(stack, queue, { queueName: queue });
  working.addEventSource(new SqsEventSource(more));
}

// The classes and their interfaces tell absent properties from undefined ones differently.
const liveVersionOf = (made: Function) =>
  new Alias(made, 'Live', { aliasName: 'live', version: made.currentVersion as IVersion });
const asFunction = (alias: Alias) => alias as IFunction;

function moveGradually(stack: Stack, alias: Alias, { config }: Release): void {
  const alarm = new Alarm(stack, 'Crashes', {
    metric: alias.metricErrors({ period: Duration.minutes(1) }),
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const group = new LambdaDeploymentGroup(stack, 'Gradually', {
    alias,
    alarms: [alarm],
    deploymentConfig:
      config === undefined
        ? LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES
        : LambdaDeploymentConfig.fromLambdaDeploymentConfigName(stack, 'Config', config),
  });
  group.node.addDependency(alarm);
}

import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { CfnApi, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IGrantable, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import type { AlarmProps } from '../../parts/alarm.ts';
import type { Stage } from '../../parts/stage.ts';
import type { WeeloFunction } from '../functions/weelo-function.ts';
import { accessLog } from './access-log.ts';
import { hostOf } from './api-hosts.ts';
import { throttleOf } from './throttles.ts';

export interface RealtimeApiProps {
  readonly stage: Stage;
}

export interface SocketFunctions {
  readonly connect: WeeloFunction;
  readonly disconnect: WeeloFunction;
  readonly message: WeeloFunction;
}

/** The WebSocket API. Clients connect to it, and get answers and events through it. */
export class RealtimeApi extends Construct {
  /** The URL that clients connect to. */
  readonly url: string;
  readonly host: string;
  /** The URL that functions post to when they send something to a socket. */
  readonly connectionsUrl: string;
  private readonly api: WebSocketApi;
  private readonly apiStage: WebSocketStage;

  constructor(scope: Construct, id: string, { stage }: RealtimeApiProps) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `weelo-${stage.name}-realtime`,
      routeSelectionExpression: '$request.body.action',
    });
    this.apiStage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      // The stage's name is the path of the URL. Clients use `/ws`.
      stageName: 'ws',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: throttleOf(stage.requestsPerSecond),
      accessLogSettings: accessLog(this, 'AccessLog', {
        stage,
        name: 'realtime-access',
        fields: ['eventType', 'connectionId'],
      }),
    });
    this.apiStage.node.addDependency(this.letApiGatewayLog());
    this.url = this.apiStage.url;
    this.host = hostOf(this.api.apiId, stage.region);
    this.connectionsUrl = this.apiStage.callbackUrl;
    this.acknowledge();
  }

  serve({ connect, disconnect, message }: SocketFunctions): void {
    this.api.addRoute('$connect', calling(connect));
    this.api.addRoute('$disconnect', calling(disconnect));
    // API Gateway sends the function's return value to the socket. The function is inside the VPC, so it cannot post.
    this.api.addRoute('$default', { ...calling(message), returnResponse: true });
  }

  alarms(): readonly AlarmProps[] {
    return [
      {
        name: 'SocketErrors',
        // Not `IntegrationError`: that counts every upgrade that is refused because its token has expired.
        metric: this.metricCalls('ExecutionError'),
        ringing: { from: 5, periods: 3 },
        meaning:
          'The WebSocket API has failed to call its functions for three minutes: sockets cannot be opened, or get no answers.',
        remedy:
          'realtime-access has the route and the error; roll back if it came with a deployment.',
        runbook: 'docs/runbooks/alarms.md#socket-errors',
      },
    ];
  }

  /** A count that API Gateway reports of the whole API. */
  metricCalls(name: 'ConnectCount' | 'MessageCount' | 'ClientError' | 'ExecutionError'): IMetric {
    return this.apiStage.metric(name, { period: Duration.minutes(1), statistic: 'Sum' });
  }

  grantConnections(to: IGrantable & IConstruct): void {
    this.apiStage.grantManagementApiAccess(to);
    const { node, stack } = this.api;
    const api = node.defaultChild instanceof CfnApi ? stack.getLogicalId(node.defaultChild) : '';
    Validations.of(to).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:aws:execute-api:${stack.region}:<AWS::AccountId>:<${api}>/${this.apiStage.stageName}/*/@connections/*]`,
      reason: 'Connections come and go; the grant ends at this API and stage',
    });
  }

  /**
   * API Gateway cannot write logs until a role is set in its account settings. There is one such role per region, and
   * other stages may use it, so it stays when the stage that set it is deleted.
   */
  private letApiGatewayLog(): CfnAccount {
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(pushToLogs)],
    });
    const account = new CfnAccount(this, 'LogSettings', { cloudWatchRoleArn: role.roleArn });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }

  private acknowledge(): void {
    Validations.of(this).acknowledge(
      {
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${pushToLogs}]`,
        reason: 'The role serves every API of the account, whose log groups are not known here',
      },
      {
        id: 'AwsSolutions-APIG4',
        reason: 'The function of $connect checks the token; the other routes carry on a connection',
      },
    );
  }
}

const pushToLogs = 'service-role/AmazonAPIGatewayPushToCloudWatchLogs';

function calling({ lambda, node }: WeeloFunction) {
  return { integration: new WebSocketLambdaIntegration(`${node.id}Integration`, lambda) };
}

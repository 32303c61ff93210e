import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { exactly } from '../parts/exactly.ts';
import { makeLog } from '../parts/log.ts';
import type { Stage } from '../parts/stage.ts';
import { NetworkAccess } from './network-access.ts';

export interface NetworkProps {
  readonly stage: Stage;
}

/**
 * Isolated subnets without a route to the internet. A function inside can reach the stores that it has network access
 * to. It can also reach DynamoDB, SQS and Secrets Manager through endpoints, and nothing else.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** The groups that every function inside is in. A function that uses a store is also in that store's `clients`. */
  readonly functions: readonly ISecurityGroup[];

  constructor(scope: Construct, id: string, { stage }: NetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.40.0.0/16'),
      availabilityZones: [...stage.zones],
      natGateways: 0,
      subnetConfiguration: [
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
      // The CDK would add a Lambda function to empty the default group. We skip that: nothing is ever in the group.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = exactly<IVpc>(vpc);
    this.logRefusals(stage);

    const endpoints = new NetworkAccess(this, 'Endpoints', {
      vpc: this.vpc,
      what: 'endpoints of AWS services',
      port: Port.HTTPS,
    });
    this.addEndpoint('Sqs', InterfaceVpcEndpointAwsService.SQS, endpoints);
    this.addEndpoint('SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, endpoints);
    this.functions = [endpoints.clients, this.dynamoDbClients()];
  }

  private addEndpoint(
    id: string,
    service: InterfaceVpcEndpointAwsService,
    access: NetworkAccess,
  ): void {
    // `open` would let everything in the VPC connect.
    this.vpc.addInterfaceEndpoint(id, { service, securityGroups: [access.servers], open: false });
  }

  /**
   * A gateway endpoint has public addresses. The prefix list that contains them has a different id in each region, so
   * the rule allows any address. The subnets have a route to that endpoint only, so only DynamoDB can be reached.
   */
  private dynamoDbClients(): ISecurityGroup {
    const clients = new SecurityGroup(this, 'DynamoDbClients', {
      vpc: this.vpc,
      description: 'Who may speak to DynamoDB',
      allowAllOutbound: false,
    });
    clients.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'DynamoDB, by its gateway endpoint');
    return clients;
  }

  /** Logs only refused packets. In a network as closed as this one, every refused packet is worth a look. */
  private logRefusals(stage: Stage): void {
    const logGroup = makeLog(this, 'Refusals', { stage, name: 'network-refusals' });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}

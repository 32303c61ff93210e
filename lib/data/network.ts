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
import { Door } from './door.ts';

export interface NetworkProps {
  readonly stage: Stage;
}

/**
 * Isolated subnets without a way to the internet: what is inside reaches the stores by their doors,
 * DynamoDB, SQS and Secrets Manager by endpoints, and nothing else.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** What every function inside is in; the doors' `clients` groups come on top. */
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
      // To empty the default group the CDK would add a function of its own; nothing is ever in it.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = exactly<IVpc>(vpc);
    this.logRefusals(stage);

    const endpoints = new Door(this, 'Endpoints', {
      vpc: this.vpc,
      what: 'endpoints of AWS services',
      port: Port.HTTPS,
    });
    this.addEndpoint('Sqs', InterfaceVpcEndpointAwsService.SQS, endpoints);
    this.addEndpoint('SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, endpoints);
    this.functions = [endpoints.clients, this.dynamoDbClients()];
  }

  private addEndpoint(id: string, service: InterfaceVpcEndpointAwsService, door: Door): void {
    // `open` would let the whole VPC in.
    this.vpc.addInterfaceEndpoint(id, { service, securityGroups: [door.servers], open: false });
  }

  /**
   * A gateway endpoint has public addresses, listed by a prefix list whose id differs per region. The
   * subnets route nowhere but to that endpoint, so that "anywhere" is DynamoDB.
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

  /** In a network this closed a refused packet is worth a line; those let through are not. */
  private logRefusals(stage: Stage): void {
    const logGroup = makeLog(this, 'Refusals', { stage, name: 'network-refusals' });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}

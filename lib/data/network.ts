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
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { exactly } from '../parts/exactly.ts';
import { makeLog } from '../parts/log.ts';
import { subnetZones } from '../parts/name-in-zones.ts';
import type { Stage } from '../parts/stage.ts';
import { NetworkAccess } from './network-access.ts';

export interface NetworkProps {
  readonly stage: Stage;
}

type NewNetwork = Extract<Stage['network'], { readonly kind: 'new' }>;
type ExistingNetwork = Extract<Stage['network'], { readonly kind: 'existing' }>;

/**
 * Isolated subnets without a route to the internet, or the operator's own. A function inside can reach the stores that
 * it has network access to. It can also reach DynamoDB, SQS and Secrets Manager through endpoints, and nothing else.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** The groups that every function inside is in. A function that uses a store is also in that store's `clients`. */
  readonly functions: readonly ISecurityGroup[];

  constructor(scope: Construct, id: string, { stage }: NetworkProps) {
    super(scope, id);
    const { network } = stage;
    this.vpc = network.kind === 'new' ? this.makeVpc(network) : this.findVpc(network);
    if (network.kind === 'new') this.logRefusals(stage);
    const endpoints = network.kind === 'new' ? network : network.endpoints;
    const access = new NetworkAccess(this, 'Endpoints', {
      vpc: this.vpc,
      what: 'endpoints of AWS services',
      port: Port.HTTPS,
      ...('securityGroupId' in endpoints && { existing: endpoints.securityGroupId }),
    });
    if ('endpointZones' in endpoints) {
      const zones = subnetZones(network).slice(0, endpoints.endpointZones);
      this.addEndpoint('Sqs', InterfaceVpcEndpointAwsService.SQS, access, zones);
      const secrets = InterfaceVpcEndpointAwsService.SECRETS_MANAGER;
      this.addEndpoint('SecretsManager', secrets, access, zones);
      this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    }
    this.functions = [access.clients, this.dynamoDbClients(network)];
  }

  private makeVpc({ zones, cidr }: NewNetwork): IVpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      availabilityZones: [...zones],
      natGateways: 0,
      subnetConfiguration: [
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      // The CDK would add a Lambda function to empty the default group. We skip that: nothing is ever in the group.
      restrictDefaultSecurityGroup: false,
    });
    return exactly<IVpc>(vpc);
  }

  /** Subnets and zones are given: looking them up would need an account. */
  private findVpc({ vpcId, subnets }: ExistingNetwork): IVpc {
    return Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones: subnets.map(({ zone }) => zone),
      isolatedSubnetIds: subnets.map(({ subnetId }) => subnetId),
      isolatedSubnetRouteTableIds: subnets.map(({ routeTableId }) => routeTableId),
    });
  }

  private addEndpoint(
    id: string,
    service: InterfaceVpcEndpointAwsService,
    access: NetworkAccess,
    zones: readonly string[],
  ): void {
    this.vpc.addInterfaceEndpoint(id, {
      service,
      subnets: isolatedIn(zones),
      securityGroups: [access.servers],
      // `open` would let everything in the VPC connect.
      open: false,
    });
  }

  /**
   * A gateway endpoint has public addresses. The prefix list that contains them has a different id in each region, so
   * in our own subnets the rule allows any address: they have a route to that endpoint only. Subnets that we did not
   * make may have other routes, so there the prefix list is given.
   */
  private dynamoDbClients(network: Stage['network']): ISecurityGroup {
    const clients = new SecurityGroup(this, 'DynamoDbClients', {
      vpc: this.vpc,
      description: 'Who may speak to DynamoDB',
      allowAllOutbound: false,
    });
    const addresses =
      network.kind === 'new' ? Peer.anyIpv4() : Peer.prefixList(network.dynamoDbPrefixListId);
    clients.addEgressRule(addresses, Port.HTTPS, 'DynamoDB, by its gateway endpoint');
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

/** The isolated subnets in these zones. */
function isolatedIn(zones: readonly string[]): SubnetSelection {
  return { subnetType: SubnetType.PRIVATE_ISOLATED, availabilityZones: [...zones] };
}

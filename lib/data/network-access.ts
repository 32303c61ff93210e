import { type ISecurityGroup, type IVpc, type Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface NetworkAccessProps {
  readonly vpc: IVpc;
  /** What the clients connect to, in a word or two. */
  readonly what: string;
  readonly port: Port;
  /** The id of the servers' group, if they exist already. It gets a rule that lets the clients in. Default: a new group. */
  readonly existing?: string;
}

/**
 * A pair of security groups that controls access to something in the VPC. Members of `clients` may connect to members
 * of `servers`, on these ports. A group that we make allows nothing else.
 */
export class NetworkAccess extends Construct {
  readonly servers: ISecurityGroup;
  readonly clients: ISecurityGroup;

  constructor(scope: Construct, id: string, { vpc, what, port, existing }: NetworkAccessProps) {
    super(scope, id);
    const group = (side: string, description: string) =>
      new SecurityGroup(this, side, { vpc, description, allowAllOutbound: false });
    this.servers =
      existing === undefined
        ? group('Servers', what)
        : SecurityGroup.fromSecurityGroupId(this, 'Servers', existing, { allowAllOutbound: true });
    this.clients = group('Clients', `Who may speak to: ${what}`);
    this.clients.connections.allowTo(this.servers, port, what);
  }
}

import { type ISecurityGroup, type IVpc, type Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface NetworkAccessProps {
  readonly vpc: IVpc;
  /** What the clients connect to, in a word or two. */
  readonly what: string;
  readonly port: Port;
}

/**
 * A pair of security groups that controls access to something in the VPC. Members of `clients` may connect to members
 * of `servers`, on these ports. Neither group allows anything else.
 */
export class NetworkAccess extends Construct {
  readonly servers: ISecurityGroup;
  readonly clients: ISecurityGroup;

  constructor(scope: Construct, id: string, { vpc, what, port }: NetworkAccessProps) {
    super(scope, id);
    const group = (side: string, description: string) =>
      new SecurityGroup(this, side, { vpc, description, allowAllOutbound: false });
    this.servers = group('Servers', what);
    this.clients = group('Clients', `Who may speak to: ${what}`);
    this.clients.connections.allowTo(this.servers, port, what);
  }
}

import { type ISecurityGroup, type IVpc, type Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

export interface DoorProps {
  readonly vpc: IVpc;
  /** What stands behind the door, in a word or two. */
  readonly what: string;
  readonly port: Port;
}

/**
 * The one way to something in the VPC: whoever is in `clients` may open connections to what is in
 * `servers`, on one port, and neither group allows anything else.
 */
export class Door extends Construct {
  readonly servers: ISecurityGroup;
  readonly clients: ISecurityGroup;

  constructor(scope: Construct, id: string, { vpc, what, port }: DoorProps) {
    super(scope, id);
    const group = (side: string, description: string) =>
      new SecurityGroup(this, side, { vpc, description, allowAllOutbound: false });
    this.servers = group('Servers', what);
    this.clients = group('Clients', `Who may speak to: ${what}`);
    this.clients.connections.allowTo(this.servers, port, what);
  }
}

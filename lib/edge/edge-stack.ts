import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ApiHosts } from '../service/apis/api-hosts.ts';
import type { EdgeSettings, Stage } from '../parts/stage.ts';
import { AccessLog } from './access-log.ts';
import { EdgeDistribution } from './distribution.ts';
import { Firewall } from './firewall.ts';

export interface EdgeStackProps extends StackProps {
  readonly stage: Stage;
  readonly edge: EdgeSettings;
  /** Of the APIs that the edge stands in front of. */
  readonly hosts: ApiHosts;
}

/** One host for requests and sockets, in front of both APIs: CloudFront with a firewall. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, { stage, edge, hosts, ...props }: EdgeStackProps) {
    super(scope, id, { description: `Weelo ${stage.name}: CloudFront and its firewall`, ...props });
    const firewall = new Firewall(this, 'Firewall', { stage, edge });
    const distribution = new EdgeDistribution(this, 'Distribution', {
      stage,
      edge,
      hosts,
      firewallArn: firewall.arn,
    });
    new AccessLog(this, 'AccessLog', { stage, distributionArn: distribution.arn });
    new CfnOutput(this, 'EdgeUrl', {
      value: `https://${stage.domain?.name ?? distribution.host}/`,
    });
    new CfnOutput(this, 'DistributionHost', {
      value: distribution.host,
      description: 'To which a record of DNS points, if the stage has a domain',
    });
  }
}

import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProxyTarget } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { AlarmProps } from '../../parts/alarm.ts';

/** A server of PostgreSQL, whether we make it or not. */
export interface DatabaseServer {
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  /** The secret of the role that owns our tables. */
  readonly ownerSecret: ISecret;
  /** The port of a proxy in front of it: the default port of PostgreSQL, whatever the server's own is. */
  readonly proxyPort: string;
  /** What a proxy in front of it needs to know. */
  readonly proxyTarget: ProxyTarget;
  alarms(): readonly AlarmProps[];
  /** How busy it is, for the dashboard. */
  load(): readonly IMetric[];
}

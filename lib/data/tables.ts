import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  type ITable,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AlarmProps } from '../parts/alarm.ts';
import { exactly } from '../parts/exactly.ts';
import type { Stage } from '../parts/stage.ts';

export interface TablesProps {
  readonly stage: Stage;
}

/** Short-lived data that functions inside and outside the VPC share. Every item expires. */
export class Tables extends Construct {
  /** Its items have the format of Powertools' idempotency records. */
  readonly idempotency: ITable;
  /** Each connection has an item of its own, and a fact in the item of its user. */
  readonly connections: ITable;
  /** Revoked sessions, tickets, device tokens, acknowledgements, sent events, places. */
  readonly state: ITable;

  constructor(scope: Construct, id: string, { stage }: TablesProps) {
    super(scope, id);
    const table = (name: string, keys: Keys, timeToLiveAttribute: string) =>
      exactly<ITable>(
        new Table(this, name, {
          ...keys,
          timeToLiveAttribute,
          billingMode: BillingMode.PAY_PER_REQUEST,
          encryption: TableEncryption.AWS_MANAGED,
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
          removalPolicy: stage.removal,
          deletionProtection: stage.protection,
        }),
      );
    this.idempotency = table('Idempotency', { partitionKey: text('id') }, 'expiration');
    this.connections = table('Connections', itemsOfOneKey, 'expiresAt');
    this.state = table('State', itemsOfOneKey, 'expiresAt');
  }

  alarms(): readonly AlarmProps[] {
    const refused = this.all().flatMap(([name, table]) =>
      throttles.map((metric) => [`${name}${metric}`, metricOf(table, metric)] as const),
    );
    const filled = refused.map(([id]) => `FILL(${id}, 0)`);
    return [
      {
        name: 'ThrottledTables',
        metric: new MathExpression({
          expression: `SUM([${filled.join(', ')}])`,
          usingMetrics: Object.fromEntries<IMetric>(refused),
          label: 'Calls that DynamoDB has refused',
          period: Duration.minutes(5),
        }),
        // A client tries again by itself, and a table doubles its capacity within minutes.
        ringing: { from: 20, periods: 2 },
        meaning:
          'DynamoDB has refused calls for ten minutes: sockets are not opened, or orders get a 503.',
        remedy: 'See which table it is, and have it made ready for more.',
        runbook: 'docs/runbooks/alarms.md#throttled-tables',
      },
    ];
  }

  /** What each of them uses and refuses, for the dashboard. */
  load(): readonly IMetric[] {
    return this.all().flatMap(([name, table]) =>
      [...used, ...throttles].map((metric) => metricOf(table, metric, `${name} ${metric}`)),
    );
  }

  /** Every table, by a name that can be part of a metric's id. */
  private all(): readonly (readonly [name: string, table: ITable])[] {
    return [
      ['idempotency', this.idempotency],
      ['connections', this.connections],
      ['state', this.state],
    ];
  }

  grantIdempotency(to: IGrantable): void {
    this.idempotency.grant(to, ...oneItem);
  }

  grantConnections(to: IGrantable): void {
    this.connections.grant(to, ...oneItem, 'dynamodb:BatchGetItem');
  }

  grantState(to: IGrantable): void {
    this.state.grant(to, ...oneItem, 'dynamodb:Query', 'dynamodb:BatchGetItem');
  }
}

const throttles = ['ReadThrottleEvents', 'WriteThrottleEvents'] as const;

const used = ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'] as const;

/** What DynamoDB reports of a whole table. */
function metricOf(
  { tableName: TableName }: ITable,
  metricName: (typeof throttles)[number] | (typeof used)[number],
  label?: string,
): IMetric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName },
    statistic: 'Sum',
    period: Duration.minutes(5),
    ...(label !== undefined && { label }),
  });
}

interface Keys {
  readonly partitionKey: Attribute;
  readonly sortKey?: Attribute;
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
const itemsOfOneKey: Keys = { partitionKey: text('pk'), sortKey: text('sk') };

const oneItem = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
] as const;

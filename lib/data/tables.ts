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

import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { exactly } from '../../parts/exactly.ts';

/**
 * The codes of test numbers, which get no SMS. They lie apart from all else, so that a right to read them is a right to
 * nothing else. Whoever takes a code removes it, so nobody needs to read.
 */
export class TestCodes extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = exactly<ITable>(
      new Table(this, 'Table', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
        timeToLiveAttribute: 'expiresAt',
        billingMode: BillingMode.PAY_PER_REQUEST,
        encryption: TableEncryption.AWS_MANAGED,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    );
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'A code works for five minutes: nobody would want one from a backup',
    });
  }

  grantKeep(to: IGrantable): void {
    this.table.grant(to, 'dynamodb:PutItem');
  }

  grantTake(to: IGrantable): void {
    this.table.grant(to, 'dynamodb:DeleteItem');
  }
}

import { Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { exactly } from '../parts/exactly.ts';
import type { Stage } from '../parts/stage.ts';

export interface TripCodeKeyProps {
  readonly stage: Stage;
}

/** The key from which the codes of trips follow: those that a customer gives the driver. */
export class TripCodeKey extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, { stage }: TripCodeKeyProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description: 'The key from which the codes of trips follow',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: stage.removal,
    });
    this.secret = exactly<ISecret>(secret);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Another key changes the codes of every trip under way, which customers have written down; a code lives as long as its trip',
    });
  }

  grantRead(to: IGrantable): void {
    this.secret.grantRead(to);
  }
}

import { Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../parts/stage.ts';
import { emptySecret, grantFill } from './empty-secret.ts';

export interface CodeKeyProps {
  readonly stage: Stage;
}

/** The key that protects one-time codes. The functions that issue codes and the one that sends them read it. */
export class CodeKey extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, { stage }: CodeKeyProps) {
    super(scope, id);
    const description = 'The key that hides one-time codes, on queues and at rest';
    this.secret = emptySecret(this, 'Secret', { description, stage });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'What it hides lives for minutes; another key makes every code in flight useless, so an operator says when',
    });
  }

  grantRead(to: IGrantable): void {
    this.secret.grantRead(to);
  }

  grantMint(to: IGrantable): void {
    grantFill(this.secret, to);
  }
}

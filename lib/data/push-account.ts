import { Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../parts/stage.ts';
import { emptySecret } from './empty-secret.ts';

export interface PushAccountProps {
  readonly stage: Stage;
}

/** The Firebase service account. An operator writes it (docs/runbooks/switch-push-on.md). Until then no push is sent. */
export class PushAccount extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, { stage }: PushAccountProps) {
    super(scope, id);
    const description = 'The Firebase service account that sends push messages';
    this.secret = emptySecret(this, 'Secret', { description, stage });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Google issues this key, so an operator rotates it there and writes the new one',
    });
  }

  grantRead(to: IGrantable): void {
    this.secret.grantRead(to);
  }
}

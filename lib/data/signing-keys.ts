import { Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../parts/stage.ts';
import { emptySecret, grantFill } from './empty-secret.ts';

export interface SigningKeysProps {
  readonly stage: Stage;
}

/** The keys for access tokens. One secret has the private keys, to sign with; the other has the public keys. */
export class SigningKeys extends Construct {
  readonly privateKeys: ISecret;
  readonly publicKeys: ISecret;

  constructor(scope: Construct, id: string, { stage }: SigningKeysProps) {
    super(scope, id);
    this.privateKeys = emptySecret(this, 'Private', {
      description: 'The private signing keys',
      stage,
    });
    this.publicKeys = emptySecret(this, 'Public', {
      description: 'The public signing keys, as a JWKS',
      stage,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A new key is published before it signs and the old one is verified for a while: an operator does that in steps, which a rotation schedule cannot',
    });
  }

  grantSign(to: IGrantable): void {
    this.privateKeys.grantRead(to);
  }

  grantVerify(to: IGrantable): void {
    this.publicKeys.grantRead(to);
  }

  grantMint(to: IGrantable): void {
    for (const secret of [this.privateKeys, this.publicKeys]) grantFill(secret, to);
  }
}

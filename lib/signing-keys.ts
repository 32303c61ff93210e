import { Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { exactly } from './exactly.ts';
import type { Stage } from './stages.ts';

export interface SigningKeysProps {
  readonly stage: Stage;
}

/** The keys that access tokens are signed with: who can sign, and who can only verify. */
export class SigningKeys extends Construct {
  readonly privateKeys: ISecret;
  readonly publicKeys: ISecret;

  constructor(scope: Construct, id: string, { stage }: SigningKeysProps) {
    super(scope, id);
    this.privateKeys = this.emptySecret('Private', 'The private signing keys', stage);
    this.publicKeys = this.emptySecret('Public', 'The public signing keys, as a JWKS', stage);
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
    for (const secret of [this.privateKeys, this.publicKeys]) {
      secret.grantRead(to);
      Grant.addToPrincipal({
        grantee: to,
        actions: ['secretsmanager:PutSecretValue'],
        resourceArns: [secret.secretArn],
      });
    }
  }

  /** Without the random password that a secret is born with: nobody may take that for a key. */
  private emptySecret(id: string, description: string, stage: Stage): ISecret {
    const secret = new Secret(this, id, { description, removalPolicy: stage.removal });
    const { defaultChild } = secret.node;
    if (defaultChild instanceof CfnSecret) {
      defaultChild.addPropertyDeletionOverride('GenerateSecretString');
    }
    return exactly<ISecret>(secret);
  }
}

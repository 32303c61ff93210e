import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { exactly } from '../parts/exactly.ts';
import type { Stage } from '../parts/stage.ts';

export interface EmptySecretProps {
  readonly description: string;
  readonly stage: Stage;
}

/** A secret without a value. By default the CDK generates a random password, which could be mistaken for a key. */
export function emptySecret(scope: Construct, id: string, props: EmptySecretProps): ISecret {
  const { description, stage } = props;
  const secret = new Secret(scope, id, { description, removalPolicy: stage.removal });
  const { defaultChild } = secret.node;
  if (defaultChild instanceof CfnSecret) {
    defaultChild.addPropertyDeletionOverride('GenerateSecretString');
  }
  return exactly<ISecret>(secret);
}

/** Lets the function that makes the key read the secret, to see if it has one already, and write it. */
export function grantFill(secret: ISecret, to: IGrantable): void {
  secret.grantRead(to);
  Grant.addToPrincipal({
    grantee: to,
    actions: ['secretsmanager:PutSecretValue'],
    resourceArns: [secret.secretArn],
  });
}

import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EdgeSecretValue } from '../../src/contract/edge.ts';
import { edgeRegion, edgeSecretName } from '../parts/edge.ts';
import { exactly } from '../parts/exactly.ts';
import type { Stage } from '../parts/stage.ts';

export interface EdgeSecretProps {
  readonly stage: Stage;
}

/** The first of its values is made at random with the stage, and the second one by the first rotation. */
const made: EdgeSecretValue = 'first';
const empty: EdgeSecretValue = 'second';

/**
 * What the edge shows to the functions, so that nobody else gets in. The functions read it here, and the edge reads the
 * replica in its own region.
 */
export class EdgeSecret extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, { stage }: EdgeSecretProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      // A fixed name, by which the edge finds the replica: a template in one region cannot ask for an ARN in another.
      secretName: edgeSecretName(stage),
      description: 'Two values: the edge sends one of them, and the functions accept both',
      replicaRegions: [{ region: edgeRegion }],
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ [empty]: '' }),
        generateStringKey: made,
        passwordLength: 64,
        excludePunctuation: true,
      },
      // If it stayed, its name would be taken. A new one does as well: nothing is kept by it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.secret = exactly<ISecret>(secret);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Functions must know a value before the edge sends it, which takes a deployment: an operator does that in steps, which a rotation schedule cannot',
    });
  }

  grantRead(to: IGrantable): void {
    this.secret.grantRead(to);
  }
}

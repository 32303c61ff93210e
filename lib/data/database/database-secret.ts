import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';

/** A secret with a random password for a role of PostgreSQL. */
export function databaseSecret(
  scope: Construct,
  id: string,
  username: string,
  stage: Stage,
): ISecret {
  const secret = new DatabaseSecret(scope, `${id}Secret`, { username });
  secret.applyRemovalPolicy(stage.removal);
  return exactly<ISecret>(secret);
}

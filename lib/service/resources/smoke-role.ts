import { Duration } from 'aws-cdk-lib';
import { AccountRootPrincipal, type IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Stage } from '../../parts/stage.ts';
import type { TestCodes } from './test-codes.ts';

export interface SmokeRoleProps {
  readonly stage: Stage;
  readonly testCodes: TestCodes;
}

/** The role of the smoke test, which may take the codes of test numbers and nothing else. */
export class SmokeRole extends Construct {
  readonly role: IRole;

  constructor(scope: Construct, id: string, { stage, testCodes }: SmokeRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      // The workflow that deploys this stage may take a role of this name (lib/ci/ci-roles-stack.ts).
      roleName: `weelo-${stage.name}-smoke`,
      description: 'Takes the codes of test numbers, for the smoke test',
      maxSessionDuration: Duration.hours(1),
      // Who in the account may take it, is said by their own policies. The workflow's role need not exist yet.
      assumedBy: new AccountRootPrincipal(),
    });
    testCodes.grantTake(this.role);
  }
}

import { Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { edgeRegion } from '../../parts/edge.ts';
import type { Provision, Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import type { TestCodes } from './test-codes.ts';

export interface WalkingProps {
  readonly stage: Stage;
  readonly testCodes: TestCodes;
  /** Where the HTTP API itself answers. */
  readonly httpUrl: string;
}

type Walking = 'test-code-keeping' | 'test-code-taking' | 'public-api';

/** What a walk by a test number needs, on both of its ends. */
export function walkProvisions({ stage, testCodes, httpUrl }: WalkingProps): Provisions<Walking> {
  const variables = { TEST_CODES_TABLE: testCodes.table.tableName };
  return {
    'test-code-keeping': { variables, grant: (to) => testCodes.grantKeep(to) },
    'test-code-taking': { variables, grant: (to) => testCodes.grantTake(to) },
    'public-api': publicApi(stage, httpUrl),
  };
}

/**
 * Where the apps reach the API: through the edge, if the stage has one. An edge is made after this stack. So if it has
 * no domain, its stack is asked when it is there.
 */
function publicApi({ name, edge, domain }: Stage, httpUrl: string): Provision<'API_URL'> {
  const known = domain ? `https://${domain.name}/` : httpUrl;
  if (!edge || domain) return { variables: { API_URL: known }, grant: () => {} };
  const stack = `weelo-${name}-edge`;
  return {
    variables: { API_URL: `${edgeRegion}/${stack}` },
    grant: (to) => grantDescribe(to, stack),
  };
}

/** Its id follows on the stack's name, and is another one when the stack is made anew. */
function grantDescribe(to: IGrantable & IConstruct, stack: string): void {
  const resourceName = `${stack}/*`;
  Validations.of(to).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:aws:cloudformation:${edgeRegion}:<AWS::AccountId>:stack/${resourceName}]`,
    reason:
      'The id of the stack is not known before it is made; what follows on its name is nothing else',
  });
  Grant.addToPrincipal({
    grantee: to,
    actions: ['cloudformation:DescribeStacks'],
    resourceArns: [
      Stack.of(to).formatArn({
        service: 'cloudformation',
        region: edgeRegion,
        resource: 'stack',
        resourceName,
      }),
    ],
  });
}

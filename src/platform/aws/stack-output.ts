import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsPatience } from './aws.ts';

export interface StackOutput {
  readonly region: string;
  readonly stack: string;
  readonly output: string;
}

/** What a stack says after its deployment, also one in another region. Undefined: there is no such stack. */
export async function readStackOutput({
  region,
  stack,
  output,
}: StackOutput): Promise<string | undefined> {
  const client = new CloudFormationClient({ ...awsPatience, region });
  const asking = client.send(new DescribeStacksCommand({ StackName: stack }));
  const answer = await asking.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!answer) return undefined;
  const { Stacks = [] } = answer;
  const found = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === output);
  if (found?.OutputValue !== undefined) return found.OutputValue;
  // CloudFormation knows a stack before it has made anything of it.
  if (Stacks[0]?.StackStatus === 'CREATE_IN_PROGRESS') return undefined;
  throw new Error(`The stack ${stack} in ${region} does not say its ${output}`);
}

/** CloudFormation has no error of its own for that. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationError' &&
    error.message.includes('does not exist')
  );
}

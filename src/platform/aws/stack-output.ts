import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsPatience } from './aws.ts';

export interface StackOutput {
  readonly region: string;
  readonly stack: string;
  readonly output: string;
}

/** What a stack says after its deployment, also one in another region. */
export async function readStackOutput({ region, stack, output }: StackOutput): Promise<string> {
  const client = new CloudFormationClient({ ...awsPatience, region });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
  const found = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === output);
  if (found?.OutputValue !== undefined) return found.OutputValue;
  throw new Error(`The stack ${stack} in ${region} does not say its ${output}`);
}

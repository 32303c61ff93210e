import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** A custom resource that says what it was asked, and fails when it is told to. */
export const handler = async (event: CloudFormationCustomResourceEvent): Promise<unknown> => {
  const { RequestType, ResourceProperties, LogicalResourceId } = event;
  const { ServiceToken: _, ...properties }: Record<string, unknown> = ResourceProperties;
  process.stdout.write(`${JSON.stringify({ asked: RequestType, properties })}\n`);
  if (properties['fail'] === 'true') throw new Error('told to fail');
  return {
    PhysicalResourceId: LogicalResourceId,
    Data: { Greeting: `hello ${String(properties['name'])}` },
  };
};

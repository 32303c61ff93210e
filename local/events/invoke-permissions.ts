import * as z from 'zod';
import type { CloudValues } from '../template/cloud-values.ts';

const Permission = z.object({
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
});
const Rule = z.object({ Targets: z.array(z.object({ Arn: z.string() })).default([]) });
const Integration = z.object({ ApiId: z.string(), IntegrationUri: z.string().default('') });

type Permission = z.output<typeof Permission>;

/** A rule or an API, and a function that it calls. */
interface Call {
  readonly path: string;
  readonly principal: 'events.amazonaws.com' | 'apigateway.amazonaws.com';
  readonly functionName: string | undefined;
  /** Whether the ARN of a permission's source is the caller's. */
  readonly isSource: (arn: string) => boolean;
}

/** A sentence for each call that works here, and that the cloud would refuse for want of a permission. */
export function missingPermissions(values: CloudValues): readonly string[] {
  const permissions = values
    .resources('AWS::Lambda::Permission')
    .map((each) => Permission.parse(values.properties(each)));
  const sentences = [...callsOfRules(values), ...callsOfApis(values)]
    .filter(({ functionName }) => functionName !== undefined)
    .filter((call) => !permissions.some((each) => allows(each, call)))
    .map(
      ({ path, principal, functionName }) =>
        `${path} may not call ${functionName} in the cloud: add an AWS::Lambda::Permission for ${principal} to the template.`,
    );
  return [...new Set(sentences)];
}

function allows({ FunctionName, Principal, SourceArn }: Permission, call: Call): boolean {
  const name = functionNameIn(FunctionName) ?? FunctionName;
  if (Principal !== call.principal || name !== call.functionName) return false;
  return SourceArn === undefined || call.isSource(SourceArn);
}

function callsOfRules(values: CloudValues): readonly Call[] {
  return values.resources('AWS::Events::Rule').flatMap((rule) => {
    const { Targets } = Rule.parse(values.properties(rule));
    return Targets.map(({ Arn }) => ({
      path: rule.path,
      principal: 'events.amazonaws.com' as const,
      functionName: functionNameIn(Arn),
      isSource: (arn: string) => arn === values.arnOf(rule),
    }));
  });
}

function callsOfApis(values: CloudValues): readonly Call[] {
  return values.resources('AWS::ApiGatewayV2::Integration').map((integration) => {
    const { ApiId, IntegrationUri } = Integration.parse(values.properties(integration));
    return {
      path: integration.path,
      principal: 'apigateway.amazonaws.com',
      functionName: functionNameIn(IntegrationUri),
      // What follows names stages and routes: which of them is not looked at.
      isSource: (arn: string) => arn.includes(`:${ApiId}/`),
    };
  });
}

function functionNameIn(text: string): string | undefined {
  return /arn:[\w-]+:lambda:[\w-]*:\d*:function:([\w-]+)/.exec(text)?.[1];
}

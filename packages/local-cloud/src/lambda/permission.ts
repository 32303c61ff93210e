import * as z from 'zod';
import { isArnLike, isLike } from '../protocol/patterns.ts';

/** A service of AWS that invokes a function because of one of its resources. */
export interface ServiceCall {
  /** Such as `events.amazonaws.com`. */
  readonly service: string;
  /** Of the rule or the route. */
  readonly sourceArn: string;
  /** A name or an ARN; a version or alias may follow. */
  readonly functionName: string;
}

/** An `AWS::Lambda::Permission`. */
export const Permission = z.object({
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
  // Conditions that hold for Alexa, for function URLs and for other accounts, never for a service's call.
  EventSourceToken: z.unknown().optional(),
  FunctionUrlAuthType: z.unknown().optional(),
  InvokedViaFunctionUrl: z.unknown().optional(),
  PrincipalOrgID: z.unknown().optional(),
});

export type Permission = z.output<typeof Permission>;

/** Whether one statement of a function's resource policy allows a call out of this account. */
export function permits(permission: Permission, call: ServiceCall, accountId: string): boolean {
  const { Action, FunctionName, Principal, SourceArn, SourceAccount } = permission;
  return (
    isLike(Action.toLowerCase(), 'lambda:invokefunction') &&
    functionIn(FunctionName) === functionIn(call.functionName) &&
    (Principal === '*' || Principal === call.service) &&
    (SourceArn === undefined || isArnLike(SourceArn, call.sourceArn)) &&
    (SourceAccount === undefined || SourceAccount === accountId) &&
    !isForOthers(permission)
  );
}

function isForOthers(permission: Permission): boolean {
  const { EventSourceToken, FunctionUrlAuthType, InvokedViaFunctionUrl, PrincipalOrgID } =
    permission;
  return [EventSourceToken, FunctionUrlAuthType, InvokedViaFunctionUrl, PrincipalOrgID].some(
    (each) => each !== undefined,
  );
}

/**
 * The name, and the version or alias where one is given: a permission for an alias is none for the
 * function, and the other way round.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function functionIn(nameOrArn: string): string {
  return nameOrArn.replace(/^(arn:[^:]+:lambda:[^:]*:)?\d+:function:/, '');
}

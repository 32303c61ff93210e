import type { CloudValues } from '../template/cloud-values.ts';
import type { Invoke, InvokeAsService, InvokeResult } from './invoke.ts';
import { functionIn, Permission, permits, type ServiceCall } from './permission.ts';

/** The resource policies of a template's functions: which service may invoke which, and for what. */
export class FunctionPolicies {
  private readonly accountId: string;
  private permissions: readonly Permission[];

  /** Everything that the permissions name must be made by now. */
  constructor(values: CloudValues) {
    this.accountId = values.account.accountId;
    this.permissions = permissionsIn(values);
  }

  /** Takes the permissions of another template. */
  read(values: CloudValues): void {
    this.permissions = permissionsIn(values);
  }

  /** Invokes for a service what the policy of the function lets it invoke, and nothing else. */
  guard(service: string, invoke: Invoke): InvokeAsService {
    return async (functionName, event, sourceArn) => {
      const call = { service, functionName, sourceArn };
      return this.permit(call) ? invoke(functionName, event) : refusalOf(call);
    };
  }

  permit(call: ServiceCall): boolean {
    return this.permissions.some((each) => permits(each, call, this.accountId));
  }
}

function permissionsIn(values: CloudValues): readonly Permission[] {
  return values
    .resources('AWS::Lambda::Permission')
    .map((each) => Permission.parse(values.properties(each)));
}

function refusalOf({ service, functionName, sourceArn }: ServiceCall): InvokeResult {
  const name = functionIn(functionName);
  return {
    ok: false,
    reason: 'forbidden',
    errorType: 'AccessDeniedException',
    errorMessage: `${service} may not invoke ${name} for ${sourceArn}: add an AWS::Lambda::Permission to the template whose SourceArn fits this ARN`,
  };
}

import * as z from 'zod';
import type { Resource } from '../template/assembly.ts';
import type { CloudValues } from '../template/cloud-values.ts';
import { isArnLike, isLike } from '../protocol/patterns.ts';

const many = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: many.optional(),
  NotAction: many.optional(),
  Resource: many.optional(),
  NotResource: many.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const Document = z.object({
  Statement: z.union([Statement.transform((one) => [one]), z.array(Statement)]),
});

const Role = z.object({
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const Policy = z.object({ PolicyDocument: Document, Roles: z.array(z.string()).default([]) });

type Statement = z.output<typeof Statement>;

export interface Access {
  readonly roleArn: string;
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
}

export interface Refusal {
  readonly because: string;
}

/** What the roles of a template allow. */
export class Policies {
  private values: CloudValues;
  private readonly statements = new Map<string, readonly Statement[]>();

  constructor(values: CloudValues) {
    this.values = values;
  }

  /** Takes the roles of another template. */
  read(values: CloudValues): void {
    this.values = values;
    this.statements.clear();
  }

  /** As IAM decides: what is denied anywhere is refused, and so is what nothing allows. */
  refusalOf({ roleArn, action, resource }: Access): Refusal | undefined {
    const fitting = this.statementsOf(roleArn).filter(
      (each) => coversAction(each, action) && coversResource(each, resource),
    );
    const holding = fitting.filter((each) => this.conditionsHold(each, roleArn));
    if (holding.some(({ Effect }) => Effect === 'Deny')) {
      return { because: 'with an explicit deny in an identity-based policy' };
    }
    if (holding.some(({ Effect }) => Effect === 'Allow')) return undefined;
    return { because: `because no identity-based policy allows the ${action} action` };
  }

  private statementsOf(roleArn: string): readonly Statement[] {
    const kept = this.statements.get(roleArn);
    if (kept) return kept;
    const role = this.values
      .resources('AWS::IAM::Role')
      .find((r) => this.values.arnOf(r) === roleArn);
    // A role from elsewhere: what it allows is not known, so nothing is.
    const found = role ? this.collect(role) : [];
    this.statements.set(roleArn, found);
    return found;
  }

  private collect(role: Resource): readonly Statement[] {
    const { Policies: inline, ManagedPolicyArns } = Role.parse(this.values.properties(role));
    const name = this.values.refOf(role);
    const attached = this.values
      .resources('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
      .map((resource) => ({
        ref: this.values.refOf(resource),
        ...Policy.parse(this.values.properties(resource)),
      }))
      .filter(({ ref, Roles }) => Roles.includes(name) || ManagedPolicyArns.includes(ref));
    // AWS' own policies that functions are given are about logs and network interfaces: nothing that
    // is asked for here.
    return [...inline, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  }

  private conditionsHold({ Condition }: Statement, roleArn: string): boolean {
    const { region, accountId } = this.values.account;
    const context = new Map([
      ['aws:securetransport', 'true'],
      ['aws:requestedregion', region],
      ['aws:principalaccount', accountId],
      ['aws:resourceaccount', accountId],
      ['aws:principalarn', roleArn],
    ]);
    return Object.entries(Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => {
        const compare = operators[operator];
        const actual = context.get(key.toLowerCase());
        if (compare && actual !== undefined) return compare(actual, [expected].flat().map(String));
        throw new Error(
          `${roleArn} has the condition ${operator} ${key}, which the local cloud cannot decide: teach it in packages/local-cloud/src/access/policies.ts.`,
        );
      }),
    );
  }
}

const operators: Readonly<Record<string, (actual: string, expected: string[]) => boolean>> = {
  Bool: (actual, expected) => expected.includes(actual),
  StringEquals: (actual, expected) => expected.includes(actual),
  StringNotEquals: (actual, expected) => !expected.includes(actual),
  StringLike: (actual, expected) => expected.some((each) => isLike(each, actual)),
  StringNotLike: (actual, expected) => !expected.some((each) => isLike(each, actual)),
  ArnEquals: (actual, expected) => expected.some((each) => isArnLike(each, actual)),
  ArnLike: (actual, expected) => expected.some((each) => isArnLike(each, actual)),
};

function coversAction({ Action, NotAction }: Statement, action: string): boolean {
  const covers = (patterns: readonly string[]) =>
    patterns.some((each) => isLike(each.toLowerCase(), action.toLowerCase()));
  return Action ? covers(Action) : NotAction !== undefined && !covers(NotAction);
}

function coversResource({ Resource, NotResource }: Statement, resource: string): boolean {
  const covers = (patterns: readonly string[]) => patterns.some((each) => isLike(each, resource));
  return Resource ? covers(Resource) : NotResource !== undefined && !covers(NotResource);
}

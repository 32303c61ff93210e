/** What was read of an account. If a call was refused, the reason. */
export type Reading<T> = { readonly found: T } | { readonly refused: string };

export interface ServiceLinkedRole {
  /** The service's name, as `aws iam create-service-linked-role` takes it. */
  readonly service: string;
  readonly exists: boolean;
}

interface StackState {
  /** `undefined`: there is no such stack. */
  readonly status: string | undefined;
}

/** An RDS instance or cluster, as RDS describes it. */
export interface FoundDatabase {
  readonly engine: string;
  readonly status: string;
  readonly host: string;
  readonly port: number;
  readonly securityGroupIds: readonly string[];
  /** `undefined`: a cluster has no class of its own. */
  readonly instanceClass: string | undefined;
}

/** A VPC that exists: the subnets that were named, and the endpoints that it has. */
export interface FoundNetwork {
  readonly subnets: readonly {
    readonly subnetId: string;
    readonly vpcId: string;
    readonly zone: string;
  }[];
  readonly endpoints: readonly {
    /** The last part of the service's name: `sqs`, `secretsmanager`, `dynamodb`. */
    readonly service: string;
    /** Whether it answers to the public name of the service. */
    readonly privateDns: boolean;
    readonly securityGroupIds: readonly string[];
    readonly routeTableIds: readonly string[];
  }[];
}

/** The part of an account that matters to a stage. What its settings do not need is `undefined`. */
export interface AccountFacts {
  readonly account: string;
  /** Who asked. */
  readonly caller: string;
  /** The zones that the account may use in the stage's region. */
  readonly zones: Reading<readonly string[]>;
  /** The version of the bootstrap stack. `undefined`: there is none. */
  readonly bootstrapVersion: Reading<number | undefined>;
  /** The same where the edge lies. */
  readonly edgeBootstrapVersion: Reading<number | undefined> | undefined;
  readonly dataStack: Reading<StackState>;
  readonly serviceStack: Reading<StackState>;
  readonly edgeStack: Reading<StackState> | undefined;
  readonly roles: Reading<readonly ServiceLinkedRole[]>;
  readonly concurrency: Reading<{ readonly quota: number; readonly unreserved: number }>;
  readonly vpcs: Reading<{ readonly used: number; readonly quota: number }> | undefined;
  readonly network: Reading<FoundNetwork> | undefined;
  /** Whether the region offers the version of Aurora as serverless. */
  readonly auroraOffered: Reading<boolean> | undefined;
  readonly database: Reading<FoundDatabase | undefined> | undefined;
  readonly ownerSecretExists: Reading<boolean> | undefined;
  readonly sms: Reading<SmsAccount>;
  /** Whether the secret of the push account has a value. `undefined`: the stage is not deployed yet. */
  readonly pushAccountSet: Reading<boolean> | undefined;
}

export interface SmsAccount {
  /** In the sandbox, SMS go to verified numbers alone. */
  readonly sandbox: boolean;
  /** USD that may be spent on SMS in a month. */
  readonly monthlyLimit: number | undefined;
  /** Whether the account has the stage's sender. */
  readonly hasSender: boolean;
}

/** What preflight says about one thing. */
export interface Finding {
  readonly check: string;
  /** `todo` must be done before a deployment. A `note` can wait, or is for later. */
  readonly state: 'done' | 'todo' | 'note';
  readonly says: string;
  /** A command that does it. */
  readonly run?: string;
}

export const done = (check: string, says: string): Finding => ({ check, state: 'done', says });
export const note = (check: string, says: string, run?: string): Finding => ({
  check,
  state: 'note',
  says,
  ...(run !== undefined && { run }),
});
export const todo = (check: string, says: string, run?: string): Finding => ({
  check,
  state: 'todo',
  says,
  ...(run !== undefined && { run }),
});

/** What a check says about a reading. If nothing could be read, nobody knows whether something is to be done. */
export function about<T>(
  check: string,
  reading: Reading<T>,
  say: (found: T) => Finding | readonly Finding[],
): readonly Finding[] {
  if ('refused' in reading) {
    const says = `It could not be read (${reading.refused}). Use credentials that may read it, or look yourself.`;
    return [todo(check, says)];
  }
  return [say(reading.found)].flat();
}

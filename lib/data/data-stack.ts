import { Annotations, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Stage } from '../parts/stage.ts';
import { Cache } from './cache.ts';
import { CodeKey } from './code-key.ts';
import { PushAccount } from './push-account.ts';
import { Database } from './database/database.ts';
import { EdgeSecret } from './edge-secret.ts';
import { Network } from './network.ts';
import { SigningKeys } from './signing-keys.ts';
import { Tables } from './tables.ts';
import { TripCodeKey } from './trip-code-key.ts';

export interface DataStackProps extends StackProps {
  readonly stage: Stage;
}

/** The resources that must survive every deployment of the service. */
export class DataStack extends Stack {
  readonly network: Network;
  readonly database: Database;
  readonly cache: Cache;
  readonly tables: Tables;
  readonly signingKeys: SigningKeys;
  readonly codeKey: CodeKey;
  readonly tripCodeKey: TripCodeKey;
  readonly pushAccount: PushAccount;
  /** `undefined`: the stage has no edge. */
  readonly edgeSecret: EdgeSecret | undefined;

  constructor(scope: Construct, id: string, { stage, ...props }: DataStackProps) {
    super(scope, id, {
      description: `Weelo ${stage.name}: network, stores and keys`,
      terminationProtection: stage.protection,
      ...props,
    });
    this.network = new Network(this, 'Network', { stage });
    const { network } = this;
    this.database = new Database(this, 'Database', { stage, network });
    this.cache = new Cache(this, 'Cache', { stage, network });
    this.tables = new Tables(this, 'Tables', { stage });
    this.signingKeys = new SigningKeys(this, 'SigningKeys', { stage });
    this.codeKey = new CodeKey(this, 'CodeKey', { stage });
    this.tripCodeKey = new TripCodeKey(this, 'TripCodeKey', { stage });
    this.pushAccount = new PushAccount(this, 'PushAccount', { stage });
    this.edgeSecret = stage.edge && new EdgeSecret(this, 'EdgeSecret', { stage });
    this.warn(stage);
  }

  /** Warns if a stage that keeps its data can be deleted. Only its first deployment should allow that. */
  private warn(stage: Stage): void {
    if (stage.protection || stage.removal === RemovalPolicy.DESTROY) return;
    Annotations.of(this).addWarningV2(
      'weelo:protection',
      `Protection is off: ${this.stackName}, its database and its tables can be deleted. That is for a first deployment alone; deploy once more without -c protection=off (docs/runbooks/first-deployment.md).`,
    );
  }
}

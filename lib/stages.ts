import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What differs between one deployment and another; everything else is the same in all of them. */
export interface Stage {
  /** Part of the names of log groups, functions and stacks. */
  readonly name: string;
  /** `false` says plain TCP for Postgres and Redis; only a stage on one machine may. */
  readonly tls: boolean;
  /** Named, because to look them up a synthesis would need an account and a network. */
  readonly zones: readonly string[];
  /** Web pages that may call the API; the mobile apps need none. */
  readonly corsOrigins: readonly string[];
  readonly database: DatabaseSize;
  readonly cache: CacheSize;
  /** What becomes of data when its stack, or it in the stack, goes away. */
  readonly removal: RemovalPolicy;
  readonly logRetention: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO';
  /** Steady requests per second that API Gateway lets through; twice as many in a burst. */
  readonly requestsPerSecond: number;
  readonly alarms: boolean;
}

interface DatabaseSize {
  /** Aurora capacity units, of about 2 GB each. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Instances beside the writer, ready to take over. */
  readonly readers: number;
  readonly backupDays: number;
}

interface CacheSize {
  readonly maxGigabytes: number;
  /** ElastiCache processing units per second: about one per simple command. */
  readonly maxUnitsPerSecond: number;
  readonly snapshotDays: number;
}

export const region = 'ap-south-1';

const dev: Stage = {
  name: 'dev',
  tls: true,
  zones: ['ap-south-1a', 'ap-south-1b'],
  corsOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
  database: { minCapacity: 0.5, maxCapacity: 2, readers: 0, backupDays: 7 },
  cache: { maxGigabytes: 1, maxUnitsPerSecond: 5_000, snapshotDays: 0 },
  removal: RemovalPolicy.DESTROY,
  logRetention: RetentionDays.TWO_WEEKS,
  logLevel: 'DEBUG',
  requestsPerSecond: 200,
  alarms: true,
};

const prod: Stage = {
  name: 'prod',
  tls: true,
  zones: ['ap-south-1a', 'ap-south-1b', 'ap-south-1c'],
  corsOrigins: [],
  database: { minCapacity: 2, maxCapacity: 32, readers: 1, backupDays: 35 },
  cache: { maxGigabytes: 10, maxUnitsPerSecond: 100_000, snapshotDays: 7 },
  // Unlike RETAIN it cleans up after a first deployment that failed, whose names would be in the way.
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  logRetention: RetentionDays.THREE_MONTHS,
  logLevel: 'INFO',
  requestsPerSecond: 2_500,
  alarms: true,
};

/** What `npm start` runs: the stores beside it speak plain TCP, and nobody is paged. */
const local: Stage = {
  ...dev,
  name: 'local',
  tls: false,
  logLevel: 'INFO',
  requestsPerSecond: 10_000,
  alarms: false,
};

const known = new Map([local, dev, prod].map((each) => [each.name, each]));

/** A known stage, or one of your own: as `dev`, under its own name. */
export function stageNamed(name: string): Stage {
  if (/^[a-z][a-z0-9]{1,11}$/.test(name)) return known.get(name) ?? { ...dev, name };
  throw new Error(
    `"${name}" cannot name a stage: 2 to 12 small letters and digits, a letter first`,
  );
}

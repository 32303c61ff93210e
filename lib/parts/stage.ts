import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DltRegistration } from '../../src/contract/dlt.ts';

/** What differs between one deployment and another; everything else is the same in all of them. */
export interface Stage {
  /** Part of the names of log groups, functions and stacks. */
  readonly name: string;
  /** `false`: plain TCP for Postgres and Redis, allowed only for a stage on one machine. */
  readonly tls: boolean;
  /** Named here, because looking them up would need an account and a network. */
  readonly zones: readonly string[];
  /** Web pages that may call the API; the mobile apps need none. */
  readonly corsOrigins: readonly string[];
  readonly database: DatabaseSize;
  readonly cache: CacheSize;
  /** What becomes of data when its stack, or it in the stack, goes away. */
  readonly removal: RemovalPolicy;
  /**
   * Whether the data stack and its stores refuse to be deleted. Off for a first deployment: one that
   * fails could be neither deleted nor repeated (docs/runbooks/first-deployment.md).
   */
  readonly protection: boolean;
  readonly logRetention: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO';
  /** Steady requests per second that API Gateway lets through; twice as many in a burst. */
  readonly requestsPerSecond: number;
  /**
   * The same for the two routes that use the cache most. Together they leave enough of it for logins, which need the
   * cache (docs/decisions/0006-redis-as-a-mirror.md).
   */
  readonly searchesPerSecond: number;
  readonly heartbeatsPerSecond: number;
  /**
   * Environments that work off one queue at a time; 2 is the least that AWS allows. They count towards
   * the account's quota, and a receipt for which none is free towards a message's five.
   */
  readonly queueConcurrency: number;
  readonly alarms: boolean;
  /** `built-in` is for a machine from which Amazon Location Service cannot be reached. */
  readonly placesSource: 'amazon-location' | 'built-in';
  readonly sms: SmsOrigin;
  readonly codes: CodeBudget;
}

/**
 * One-time codes sent at most (docs/runbooks/when-codes-run-out.md): each costs money, and a flood is somebody's fraud.
 */
interface CodeBudget {
  /** In ten minutes, to numbers that share their first five digits. */
  readonly perPrefix: number;
  /** In a day, asked for from one address. A carrier puts thousands of phones behind one. */
  readonly perAddress: number;
  /** In a day, to everybody. */
  readonly perDay: number;
  /** The share of a day, from 0 to 1, that no stranger can use up: kept for accounts that logged in before. */
  readonly keptShare: number;
}

/** Whom an SMS is from (docs/runbooks/register-sms-templates.md). */
interface SmsOrigin {
  /** A sender id, or the id of a phone number or pool, of AWS End User Messaging. */
  readonly sender: string;
  /** Default: not registered yet, and messages go to India by the international route. */
  readonly dlt?: DltRegistration;
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

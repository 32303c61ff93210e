import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DltRegistration } from '../../src/contract/dlt.ts';

/** The settings that differ between deployments. Everything else is the same in all of them. */
export interface Stage {
  /** Part of the names of log groups, functions and stacks. */
  readonly name: string;
  /** `false`: plain TCP for Postgres and Redis, allowed only for a stage on one machine. */
  readonly tls: boolean;
  /** Availability zones. They are listed here, because a lookup would need an account and a network. */
  readonly zones: readonly string[];
  /** Origins of the web pages that may call the API. The mobile apps need none. */
  readonly corsOrigins: readonly string[];
  readonly database: DatabaseSize;
  readonly cache: CacheSize;
  /** What happens to a store's data when the stack is deleted, or the store is removed from the stack. */
  readonly removal: RemovalPolicy;
  /**
   * Whether the data stack and its stores refuse to be deleted. It must be off for a first deployment. If that
   * deployment failed, the stack could otherwise be neither deleted nor repeated (docs/runbooks/first-deployment.md).
   */
  readonly protection: boolean;
  readonly logRetention: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO';
  /** Requests per second that API Gateway lets through steadily. It lets twice as many through in a burst. */
  readonly requestsPerSecond: number;
  /**
   * The same for the two routes that use the cache most. These limits leave enough of the cache's capacity for logins,
   * which need the cache (docs/decisions/0006-redis-as-a-mirror.md).
   */
  readonly searchesPerSecond: number;
  readonly heartbeatsPerSecond: number;
  /**
   * How many environments process one queue at a time. AWS allows no less than 2. They count towards the account's
   * quota. If no environment is free for a message, that counts as one of its five tries.
   */
  readonly queueConcurrency: number;
  readonly alarms: boolean;
  /** `built-in` is for a machine from which Amazon Location Service cannot be reached. */
  readonly placesSource: 'amazon-location' | 'built-in';
  readonly sms: SmsOrigin;
  readonly codes: CodeBudget;
}

/**
 * How many one-time codes may be sent (docs/runbooks/when-codes-run-out.md). Each code costs money, and a flood of them
 * is fraud.
 */
interface CodeBudget {
  /** In ten minutes, to numbers that share their first five digits. */
  readonly perPrefix: number;
  /** In a day, to requests from one IP address. A carrier puts thousands of phones behind one address. */
  readonly perAddress: number;
  /** In a day, to everybody. */
  readonly perDay: number;
  /** The share of a day's codes, from 0 to 1, that is kept for accounts that logged in before. */
  readonly keptShare: number;
}

/** The sender of an SMS (docs/runbooks/register-sms-templates.md). */
interface SmsOrigin {
  /** A sender id, or the id of a phone number or pool, of AWS End User Messaging. */
  readonly sender: string;
  /** Default: not registered yet. Messages then go to India by the international route. */
  readonly dlt?: DltRegistration;
}

interface DatabaseSize {
  /** Aurora capacity units, of about 2 GB each. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Instances in addition to the writer. One of them replaces the writer if it fails. */
  readonly readers: number;
  readonly backupDays: number;
}

interface CacheSize {
  readonly maxGigabytes: number;
  /** ElastiCache processing units per second: about one per simple command. */
  readonly maxUnitsPerSecond: number;
  readonly snapshotDays: number;
}

import type { AwsPatience } from './aws.ts';
import type { PostgresPatience } from '../postgres/postgres.ts';

/** How long a function waits for what it depends on; without any, as one that answers HTTP and has ten seconds. */
export interface Patience {
  readonly aws: AwsPatience;
  readonly postgres: PostgresPatience;
}

/**
 * A queue function has five, and needs the last half of one to say which messages failed. Whatever hangs is given up
 * before that, so that a message fails by itself, with its reason.
 */
export const queuePatience: Patience = {
  aws: {
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
  },
  // A lock is waited for 2 s (lock_timeout, on the role): who waits in vain hears that from PostgreSQL.
  postgres: { connectMs: 1500, answerMs: 2500, transactionMs: 3500 },
};

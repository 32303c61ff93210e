import type { AwsPatience } from './aws.ts';
import type { PostgresPatience } from '../postgres/postgres.ts';

/**
 * How long a function waits for what it depends on. Default: as long as a function that answers HTTP within ten
 * seconds.
 */
export interface Patience {
  readonly aws: AwsPatience;
  readonly postgres: PostgresPatience;
}

/**
 * A queue function has five seconds, and needs the last half second to answer which messages failed. A call that hangs
 * is given up before that. So only its own message fails, and the log says why.
 */
export const queuePatience: Patience = {
  aws: {
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true },
  },
  // PostgreSQL waits 2 s for a lock (lock_timeout, on the role) and then answers with an error, before these end.
  postgres: { connectMs: 1500, answerMs: 2500, transactionMs: 3500 },
};

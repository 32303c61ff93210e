export interface AwsPatience {
  readonly maxAttempts: number;
  readonly requestHandler: {
    /** Milliseconds. */
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * How an AWS client of ours waits, unless its function has less time: a call inside the region answers in milliseconds,
 * and a request to us must end within ten seconds, so a stuck connection is given up early and tried once more.
 */
export const awsPatience: AwsPatience = {
  maxAttempts: 2,
  // Left to itself the client only logs that the time is over, and goes on waiting.
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};

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
 * How long our AWS clients wait, unless their function has less time. A call inside the region answers in milliseconds,
 * and a request to us must end within ten seconds. So a stuck connection is given up early, and the call tried again.
 */
export const awsPatience: AwsPatience = {
  maxAttempts: 2,
  // Without this, the client only logs that the time is over, and goes on waiting.
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};

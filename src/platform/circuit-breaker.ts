import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { logger } from './logs/observability.ts';

interface Settings {
  /** What it protects us from, for the log. */
  readonly service: string;
  /** Failures in a row until nobody is asked any more. */
  readonly failures: number;
  /** How long nobody is; then one call tries. */
  readonly pauseMs: number;
}

/** Lets work through while the service behind it answers; else refuses at once, with `BrokenCircuitError`. */
export type Breaker = <T>(work: () => Promise<T>) => Promise<T>;

/** A service that does not answer costs every caller its whole time-out: after a few, stop asking for a while. */
export function makeBreaker({ service, failures, pauseMs }: Settings): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: pauseMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  policy.onBreak(() => logger.warn('Circuit opened', { service }));
  policy.onReset(() => logger.info('Circuit closed', { service }));
  return (work) => policy.execute(() => work());
}

/** Whether work was refused because its circuit is open. */
export function isCircuitOpen(error: unknown): boolean {
  return error instanceof BrokenCircuitError;
}

import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { countOne, logger } from './logs/observability.ts';

interface Settings {
  /** What it protects us from, for the log. */
  readonly service: string;
  /** After this many failures in a row, the service is not called any more. */
  readonly failures: number;
  /** How long, in milliseconds, it is not called. Then one call tries. */
  readonly pauseMs: number;
}

/** Runs work while the service answers. Otherwise refuses at once, with `BrokenCircuitError`. */
export type Breaker = <T>(work: () => Promise<T>) => Promise<T>;

/** A service that does not answer costs every caller a whole time-out. So after a few failures we pause the calls. */
export function makeBreaker({ service, failures, pauseMs }: Settings): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: pauseMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  policy.onBreak(() => {
    logger.warn('Circuit opened', { service });
    countOne(`CircuitOpened${inPascalCase(service)}`);
  });
  policy.onReset(() => logger.info('Circuit closed', { service }));
  return (work) => policy.execute(() => work());
}

/** Whether work was refused because its circuit is open. */
export function isCircuitOpen(error: unknown): boolean {
  return error instanceof BrokenCircuitError;
}

function inPascalCase(words: string): string {
  return words.replaceAll(/(?:^|\W)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

import type { InvokeResult } from './invoke.ts';

const KEPT = 1000;

export interface FunctionStatistics {
  readonly invocations: number;
  /** All that did not end well: thrown errors, crashes, time-outs, too much memory. */
  readonly errors: number;
  readonly timeouts: number;
  readonly throttles: number;
  readonly coldStarts: number;
  /** Milliseconds; of the last thousand, cold starts left out. */
  readonly durations: { readonly mean: number; readonly p99: number; readonly longest: number };
  readonly lastError?: string;
}

/** What became of one function's invocations. */
export class Statistics {
  private invocations = 0;
  private errors = 0;
  private timeouts = 0;
  private throttles = 0;
  private coldStarts = 0;
  private lastError: string | undefined;
  private readonly durations: number[] = [];

  countColdStart(): void {
    this.coldStarts += 1;
  }

  count(result: InvokeResult, milliseconds?: number): void {
    this.invocations += 1;
    if (milliseconds !== undefined) {
      if (this.durations.length === KEPT) this.durations.shift();
      this.durations.push(milliseconds);
    }
    if (result.ok) return;
    if (result.reason === 'throttled') {
      this.throttles += 1;
      return;
    }
    this.errors += 1;
    if (result.reason === 'timeout') this.timeouts += 1;
    this.lastError = `${result.errorType}: ${result.errorMessage}`;
  }

  read(): FunctionStatistics {
    const { invocations, errors, timeouts, throttles, coldStarts, lastError } = this;
    const counts = { invocations, errors, timeouts, throttles, coldStarts };
    const sorted = this.durations.toSorted((a, b) => a - b);
    const sum = sorted.reduce((total, each) => total + each, 0);
    const durations = {
      mean: rounded(sum / (sorted.length || 1)),
      p99: rounded(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0),
      longest: rounded(sorted.at(-1) ?? 0),
    };
    return { ...counts, durations, ...(lastError !== undefined && { lastError }) };
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

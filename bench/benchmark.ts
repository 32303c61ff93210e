/** One claim about speed: what was measured, against what, and how far it may be from it. */
export interface Measured {
  readonly what: string;
  /** Milliseconds, the median, unless there is another unit. */
  readonly took: number;
  /** Milliseconds, the median, of the limit that was measured in the same minute. */
  readonly limit: number;
  /** `took` as a multiple of `limit`. */
  readonly ratio: number;
  /** What the ratio must not exceed; without it the row only informs. */
  readonly atMost?: number;
  /** What `took` and `limit` are in. Default: milliseconds. */
  readonly unit?: string;
  /** Milliseconds of processor time per call, where it can be told. */
  readonly cpu?: number;
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** What `limit` is in this benchmark. */
  readonly against: string;
  run(say: (progress: string) => void): Promise<readonly Measured[]>;
}

/** The smallest number that at least half of all numbers do not exceed. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
}

/** The smallest number that 99 of 100 numbers do not exceed. */
export function p99(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

export function isWithin({ ratio, atMost }: Measured): boolean {
  return atMost === undefined || ratio <= atMost;
}

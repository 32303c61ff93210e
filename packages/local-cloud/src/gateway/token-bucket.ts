/** How fast API Gateway lets something through. */
export interface Rate {
  /** Steadily, in the long run. */
  readonly perSecond: number;
  /** At once, after a pause that was long enough. */
  readonly burst: number;
}

/** A quota as API Gateway keeps it: each call takes a token, and tokens come back at a steady rate. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #countedAt = performance.now();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** Takes a token. False if there is none. */
  take(): boolean {
    const now = performance.now();
    const back = ((now - this.#countedAt) * this.#rate.perSecond) / 1000;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + back);
    this.#countedAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

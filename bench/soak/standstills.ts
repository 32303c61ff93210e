const everyMs = 200;
/** A process that needs next to nothing is late by less, however busy the machine is. */
const leastMs = 2000;
/** What was asked for before a standstill gives up so much later. */
const afterwardsMs = 15_000;

interface Standstill {
  readonly from: number;
  readonly to: number;
}

/** Notes when the whole machine stood still, by a timer of this process that came late. */
export class Standstills {
  readonly #all: Standstill[] = [];
  #seen = Date.now();

  watch(): () => void {
    const timer = setInterval(() => this.see(Date.now()), everyMs);
    return () => clearInterval(timer);
  }

  see(now: number): void {
    if (now - this.#seen >= leastMs) this.#all.push({ from: this.#seen, to: now });
    this.#seen = now;
  }

  /** Whether what failed at this instant may have failed because of one. */
  explains(instant: number): boolean {
    return this.#all.some(({ from, to }) => instant >= from && instant <= to + afterwardsMs);
  }

  report(say: (line: string) => void): void {
    for (const { from, to } of this.#all) {
      say(`The machine stood still for ${to - from} ms at ${new Date(from).toISOString()}`);
    }
  }
}

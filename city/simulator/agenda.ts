interface Entry {
  readonly atSeconds: number;
  readonly number: number;
  readonly what: () => void;
}

/** The virtual clock: what is to happen, in its sequence. What is due at the same moment happens as it was noted. */
export class Agenda {
  /** A heap: no entry comes before its parent. */
  readonly #entries: Entry[] = [];
  #noted = 0;
  #now = 0;

  /** In seconds of the day. */
  get now(): number {
    return this.#now;
  }

  /** Notes what happens then. What should have happened already happens next. */
  at(atSeconds: number, what: () => void): void {
    this.#noted += 1;
    this.#entries.push({ atSeconds: Math.max(this.#now, atSeconds), number: this.#noted, what });
    this.#rise(this.#entries.length - 1);
  }

  after(seconds: number, what: () => void): void {
    this.at(this.#now + seconds, what);
  }

  /** Has everything happen, also what is noted meanwhile. `then` runs after each. */
  run(then: () => void): void {
    for (;;) {
      const [next] = this.#entries;
      const last = this.#entries.pop();
      if (!next || !last) return;
      if (last !== next) {
        this.#entries[0] = last;
        this.#sink();
      }
      this.#now = next.atSeconds;
      next.what();
      then();
    }
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const smaller = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(smaller, index)) return;
      index = smaller;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    if (!this.#isBefore(lower, upper)) return false;
    const [one, other] = [this.#entries[lower], this.#entries[upper]];
    if (!one || !other) return false;
    this.#entries[lower] = other;
    this.#entries[upper] = one;
    return true;
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#entries[one], this.#entries[other]];
    if (!a || !b) return false;
    return a.atSeconds - b.atSeconds < 0 || (a.atSeconds === b.atSeconds && a.number < b.number);
  }
}

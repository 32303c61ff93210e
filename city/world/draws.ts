/**
 * What chance decides, by name: the same seed and the same key give the same number, whoever asks, and however often.
 * So a captain answers one offer of an order alike under every policy, and two policies can be compared pair by pair.
 */
export class Draws {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = mixed(seed ^ 0x51ed270b);
  }

  /** Other numbers for the same keys. */
  branch(name: number): Draws {
    return new Draws(mixed(this.#seed + Math.imul(name + 1, 0x9e3779b1)));
  }

  /** From 0 to 1, without 1. */
  share(...key: readonly number[]): number {
    let state = this.#seed;
    for (const part of key) state = mixed(Math.imul(state ^ part, 0x85ebca6b) + 0x6d2b79f5);
    return (mixed(state) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number, ...key: readonly number[]): number {
    return least + (most - least) * this.share(...key);
  }

  /** Normally distributed around 0. */
  normal(spread: number, ...key: readonly number[]): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.share(...key, 1)));
    return spread * radius * Math.cos(2 * Math.PI * this.share(...key, 2));
  }

  /** Never negative: half of them are below the median, and its logarithm has the normal distribution. */
  around({ median, spread }: Around, ...key: readonly number[]): number {
    return median * Math.exp(this.normal(spread, ...key));
  }

  pick<Item>(items: readonly Item[], ...key: readonly number[]): Item {
    const picked = items[Math.floor(this.share(...key) * items.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from');
    return picked;
  }

  /** Items with more weight are picked more often. */
  pickWeighted<Item extends { readonly weight: number }>(
    items: readonly Item[],
    ...key: readonly number[]
  ): Item {
    let left = this.share(...key) * items.reduce((sum, { weight }) => sum + weight, 0);
    for (const item of items) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return this.pick(items, ...key);
  }
}

export interface Around {
  readonly median: number;
  /** Of the logarithm. 0.5: one in six is below 0.6 times the median, one in six above 1.65 times. */
  readonly spread: number;
}

/** The last steps of the hash that is known as MurmurHash3. */
function mixed(bits: number): number {
  let state = bits | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return state ^ (state >>> 16);
}

/** Numbers that look random and are the same in every run. */
export interface Random {
  /** From 0 to 1. */
  readonly share: () => number;
  readonly between: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  /** A factor around 1. Its logarithm has the normal distribution. */
  readonly factor: (spread: number) => number;
  readonly normal: (spread: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** The generator that is known as mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed;
  const share = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (spread: number) =>
    spread * Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return {
    share,
    normal,
    between: (least, most) => least + (most - least) * share(),
    chance: (probability) => share() < probability,
    factor: (spread) => Math.exp(normal(spread)),
    pick: (items) => {
      const picked = items[Math.floor(share() * items.length)];
      if (picked === undefined) throw new Error('There is nothing to pick from');
      return picked;
    },
  };
}

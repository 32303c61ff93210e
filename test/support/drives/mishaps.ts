import type { Fix } from '../../../src/fleet/last-positions/fix.ts';
import type { Random } from '../city-drives/random.ts';
import { ahead } from './road-drive.ts';

type Fixes = readonly Fix[];

/** In any order. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random.share() * left.length), 1));
}

/** Some fixes arrive late, after up to so many later ones. */
export function delayed(fixes: Fixes, random: Random, most: number): Fixes {
  const placed = fixes.map((fix, i) => ({ fix, place: i + random.between(0, most) }));
  return placed.toSorted((a, b) => a.place - b.place).map(({ fix }) => fix);
}

/** Some fixes are sent twice, the second time later. */
export function doubled(fixes: Fixes, random: Random, share = 0.5): Fixes {
  const again = fixes.flatMap((fix, i) =>
    random.chance(share) ? [{ fix, place: i + random.between(0, 30) }] : [],
  );
  const first = fixes.map((fix, i) => ({ fix, place: i }));
  return [...first, ...again].toSorted((a, b) => a.place - b.place).map(({ fix }) => fix);
}

/** Now and then nothing is heard for up to so many seconds. */
export function withHoles(fixes: Fixes, random: Random, { count = 3, seconds = 120 } = {}): Fixes {
  const holes = Array.from({ length: count }, () => {
    const startMs = random.pick(fixes.slice(1, -1)).atMs;
    return { startMs, endMs: startMs + random.between(30, seconds) * 1000 };
  });
  return fixes.filter(({ atMs }, i) => {
    const isEnd = i === 0 || i === fixes.length - 1;
    return isEnd || !holes.some(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
  });
}

/**
 * Some fixes are kilometres off, once or twice in a row, as a phone measures among high houses: where no truck can get
 * to from the fix before. Answers the fixes, and those of them that are wrong.
 */
export function withSpikes(fixes: Fixes, random: Random, share = 0.03) {
  const spikes = new Set<Fix>();
  let [left, rightOnes] = [0, 0];
  const all = fixes.map((fix, i) => {
    const before = fixes[i - 1];
    // The first one may be wrong too, but then nobody can know. The same is true if more are wrong than right.
    if (left > 0) left -= 1;
    else if (before && rightOnes >= 4 && random.chance(share)) left = random.chance(0.2) ? 1 : 0;
    else {
      rightOnes += 1;
      return fix;
    }
    rightOnes = 0;
    const metres = ((fix.atMs - (before?.atMs ?? 0)) / 1000) * 55 + random.between(500, 20_000);
    const spike = { ...fix, ...ahead(fix, random.between(0, 360), metres) };
    spikes.add(spike);
    return spike;
  });
  return { fixes: all, spikes };
}

export function inBatches<T>(items: readonly T[], size = 5): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

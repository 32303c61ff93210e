import type { KeptMemory } from 'local-cloud';

interface Sample {
  readonly minute: number;
  readonly megabytes: number;
}

/** In the first minutes code is compiled and caches fill. */
const judgedFromMinute = 10;
/** What is kept may grow by so much in an hour, or by so many MB. */
const mostGrowth = 0.25;
const leastGrowthMb = 5;

/** What the functions' environments keep when all their garbage has been collected, over time. */
export class KeptReader {
  readonly #samples = new Map<string, Sample[]>();

  /** Of the environments of a function, the one that keeps most counts: it has mostly lived longest. */
  note(minute: number, memory: readonly KeptMemory[]): void {
    if (minute < judgedFromMinute) return;
    for (const { name, megabytes } of memory) {
      if (megabytes.length === 0) continue;
      const sample = { minute, megabytes: Math.max(...megabytes) };
      this.#samples.set(name, [...(this.#samples.get(name) ?? []), sample]);
    }
  }

  /** Answers whether no function keeps more and more. */
  report(say: (line: string) => void): boolean {
    if (this.#samples.size > 0) say('What an environment keeps, at most, in MB:');
    const growing = [...this.#samples].filter(([name, samples]) => {
      say(`  ${name}: ${samples.map(({ megabytes }) => megabytes.toFixed(1)).join(', ')}`);
      return isGrowing(samples);
    });
    for (const [name] of growing) say(`BROKEN ${name} keeps more and more`);
    return growing.length === 0;
  }
}

function isGrowing(samples: readonly Sample[]): boolean {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.minute === first.minute) return false;
  const growth = last.megabytes - first.megabytes;
  const hours = Math.max(1, (last.minute - first.minute) / 60);
  return growth > leastGrowthMb * hours && growth > mostGrowth * hours * first.megabytes;
}

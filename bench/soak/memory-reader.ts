import { readdirSync, readFileSync } from 'node:fs';

interface Sample {
  readonly minute: number;
  readonly kinds: ReadonlyMap<string, number>;
}

const pageBytes = 4096;
/** Before, what is kept on purpose is still being filled. */
const judgedFromMinute = 10;
const leastMinutes = 20;
/** Growth by so much in an hour counts as a leak, if it is more than so many MB. */
const mostGrowth = 0.25;
const leastGrowthMb = 40;

/** The memory of a stage and all processes that it has started, over time. It reads Linux's /proc. */
export class MemoryReader {
  readonly #root: number;
  readonly #samples: Sample[] = [];
  readonly #begun = Date.now();

  constructor(root: number) {
    this.#root = root;
    this.sample();
  }

  sample(): void {
    const kinds = new Map<string, number>();
    for (const { kind, megabytes } of familyOf(this.#root)) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + megabytes);
    }
    this.#samples.push({ minute: (Date.now() - this.#begun) / 60_000, kinds });
  }

  latest(): string {
    const kinds = this.#samples.at(-1)?.kinds ?? new Map<string, number>();
    return [...kinds].map(([kind, megabytes]) => `${kind} ${Math.round(megabytes)} MB`).join(', ');
  }

  /** Answers whether it stayed flat, or the run was too short to tell. */
  report(say: (line: string) => void): boolean {
    say(`Memory at the end: ${this.latest()}`);
    const judged = this.#samples.filter(({ minute }) => minute >= judgedFromMinute);
    const minutes = (judged.at(-1)?.minute ?? 0) - judgedFromMinute;
    if (minutes < leastMinutes) {
      say(
        `Memory: judged from minute ${judgedFromMinute} on, for ${leastMinutes} minutes at least`,
      );
      return true;
    }
    const kinds = [...(judged.at(-1)?.kinds.keys() ?? [])];
    const growing = kinds.filter((kind) => {
      const perHour =
        60 * slopeOf(judged.map(({ minute, kinds }) => [minute, kinds.get(kind) ?? 0]));
      const mean =
        judged.reduce((sum, { kinds }) => sum + (kinds.get(kind) ?? 0), 0) / judged.length;
      say(
        `Memory of ${kind}: ${Math.round(mean)} MB on average, ${Math.round(perHour)} MB more per hour`,
      );
      return perHour > leastGrowthMb && perHour > mostGrowth * mean;
    });
    for (const kind of growing) say(`BROKEN the memory of ${kind} grows`);
    return growing.length === 0;
  }
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const both = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return both / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function familyOf(root: number): readonly { readonly kind: string; readonly megabytes: number }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const each of all) if (found.has(each.parent)) found.add(each.pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

function processOf(pid: number) {
  try {
    const [, parent = ''] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '').split(
      ' ',
    );
    const [, pages = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // Shared pages would be counted once for each process of PostgreSQL.
    const megabytes = ((Number(pages) - Number(shared)) * pageBytes) / 1024 ** 2;
    return { pid, parent: Number(parent), kind: kindOf(command), megabytes };
  } catch {
    // It has just ended.
    return undefined;
  }
}

function kindOf(command: string): string {
  if (command.includes('city/live/main.ts')) return 'city';
  if (command.includes('local/start.ts')) return 'gateway';
  if (command.includes('postgres')) return 'postgres';
  if (command.includes('redis')) return 'redis';
  if (command.includes('local-cloud-')) return 'functions';
  return 'engines';
}

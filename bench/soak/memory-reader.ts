import type { Kind } from './processes.ts';

/** By the ids of processes. */
type Processes = ReadonlyMap<number, { readonly kind: Kind; readonly megabytes: number }>;

interface Sample {
  readonly minute: number;
  readonly processes: Processes;
}

/** Before, what is kept on purpose is still being filled. */
const judgedFromMinute = 10;
const leastMinutes = 20;
/** Growth by so much in an hour counts as a leak, if it is more than so many MB. */
const mostGrowth = 0.25;
const leastGrowthMb = 40;

/** In MB, of one environment of a function: half of what Lambda gives it. What it keeps is judged in kept-reader.ts. */
const mostOfAFunction = 512;

/** The memory of a stage and of all processes that it has started, over time. */
export class MemoryReader {
  readonly #read: () => Processes;
  readonly #now: () => number;
  readonly #samples: Sample[] = [];
  readonly #begun: number;

  constructor(read: () => Processes, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
    this.#begun = now();
    this.sample();
  }

  sample(): void {
    this.#samples.push({ minute: (this.#now() - this.#begun) / 60_000, processes: this.#read() });
  }

  latest(): string {
    const last = this.#samples.at(-1);
    if (!last) return '';
    return kindsIn([last])
      .map((kind) => `${kind} ${Math.round(sumOf(last, kind))} MB`)
      .join(', ');
  }

  /** Answers whether it stayed flat, or the run was too short to tell. */
  report(say: (line: string) => void): boolean {
    this.#sayQuarters(say);
    const judged = this.#samples.filter(({ minute }) => minute >= judgedFromMinute);
    const minutes = (judged.at(-1)?.minute ?? 0) - judgedFromMinute;
    if (minutes < leastMinutes) {
      say(
        `Memory: judged from minute ${judgedFromMinute} on, for ${leastMinutes} minutes at least`,
      );
      return true;
    }
    const growing = kindsIn(judged).filter((kind) => isGrowing(judged, kind, say));
    for (const kind of growing) say(`BROKEN the memory of ${kind} grows`);
    const most = Math.max(0, ...judged.flatMap((sample) => sizesOf(sample, 'functions')));
    say(`The largest environment of a function had ${Math.round(most)} MB`);
    if (most > mostOfAFunction) say(`BROKEN it should have ${mostOfAFunction} MB at most`);
    return growing.length === 0 && most <= mostOfAFunction;
  }

  /** All processes of a kind, and each that lived in both quarters. */
  #sayQuarters(say: (line: string) => void): void {
    const end = this.#samples.at(-1)?.minute ?? 0;
    const first = this.#samples.filter(({ minute }) => minute <= end / 4);
    const last = this.#samples.filter(({ minute }) => minute >= (end * 3) / 4);
    say('Memory, the mean of the first quarter and of the last, in MB:');
    for (const kind of kindsIn(last)) {
      const both = [first, last].map((quarter) =>
        Math.round(meanOf(quarter.map((sample) => sumOf(sample, kind)))),
      );
      say(`  ${kind}: ${both.join(', ')}`);
      for (const pid of livedThrough([...first, ...last], kind)) {
        const own = [first, last].map((quarter) =>
          Math.round(meanOf(quarter.map((each) => each.processes.get(pid)?.megabytes ?? 0))),
        );
        say(`    process ${pid}: ${own.join(', ')}`);
      }
    }
  }
}

function isGrowing(samples: readonly Sample[], kind: Kind, say: (line: string) => void): boolean {
  const points = samples.map((sample) => [sample.minute, sumOf(sample, kind)] as const);
  const perHour = 60 * slopeOf(points);
  const mean = meanOf(points.map(([, megabytes]) => megabytes));
  const facts = `${Math.round(mean)} MB on average, ${Math.round(perHour)} MB more per hour`;
  say(`Memory of ${kind} from minute ${judgedFromMinute} on: ${facts}`);
  return perHour > leastGrowthMb && perHour > mostGrowth * mean;
}

const kindsIn = (samples: readonly Sample[]): readonly Kind[] => [
  ...new Set(samples.flatMap(({ processes }) => [...processes.values()].map(({ kind }) => kind))),
];

const sizesOf = ({ processes }: Sample, wanted: Kind): readonly number[] =>
  [...processes.values()].filter(({ kind }) => kind === wanted).map(({ megabytes }) => megabytes);

const sumOf = (sample: Sample, kind: Kind): number =>
  sizesOf(sample, kind).reduce((sum, megabytes) => sum + megabytes, 0);

/** A shell that waits for its engine has less, and says nothing. */
const leastToTellMb = 5;

/** Several: a sum that stays flat could hide that one grows. */
function livedThrough(samples: readonly Sample[], kind: Kind): readonly number[] {
  const last = samples.at(-1)?.processes ?? new Map<number, never>();
  const found = [...last]
    .filter(([, each]) => each.kind === kind && each.megabytes >= leastToTellMb)
    .map(([pid]) => pid)
    .filter((pid) => samples.every(({ processes }) => processes.has(pid)));
  return found.length > 1 ? found : [];
}

const meanOf = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const [x, y] = [meanOf(points.map(([at]) => at)), meanOf(points.map(([, value]) => value))];
  const both = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return both / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

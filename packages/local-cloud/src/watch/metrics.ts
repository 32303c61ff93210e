/** A metric as CloudWatch knows one: under another set of dimensions it is another metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

export type Dimensions = Readonly<Record<string, string>>;

/** What a minute, or several together, say of a metric. */
export interface Datapoint {
  /** Where it begins, in milliseconds since 1970. */
  readonly at: number;
  readonly sum: number;
  readonly sampleCount: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Values that were reported at one time, all in one namespace, under each of these sets of dimensions. */
export interface Reported {
  readonly namespace: string;
  readonly dimensionSets: readonly Dimensions[];
  readonly values: Readonly<Record<string, number | readonly number[]>>;
  readonly at: number;
}

export type Report = (reported: Reported) => void;

export const MINUTE_MS = 60_000;
/** Longer than any alarm looks back. */
const KEPT_MS = 26 * 60 * MINUTE_MS;

/** One minute: how often each value came. Fractions have three digits, so that a busy minute takes little room. */
type Minute = Map<number, number>;
type Series = Map<number, Minute | PastMinute>;

/** The same, once the minute is over: a day of a busy stage has millions of values. */
class PastMinute implements Iterable<readonly [value: number, times: number]> {
  readonly #values: Float64Array;
  readonly #times: Uint32Array;

  constructor(minute: Minute) {
    this.#values = Float64Array.from(minute.keys());
    this.#times = Uint32Array.from(minute.values());
  }

  *[Symbol.iterator](): Iterator<readonly [value: number, times: number]> {
    for (const [at, value] of this.#values.entries()) yield [value, this.#times[at] ?? 0];
  }
}

/** Every value that was reported, by the minute. */
export class Metrics {
  private readonly known = new Map<string, Series>();
  private readonly ids = new Map<string, MetricId>();

  report({ namespace, dimensionSets, values, at }: Reported): void {
    const minute = minuteOf(at);
    for (const dimensions of dimensionSets) {
      for (const [name, value] of Object.entries(values)) {
        const counts = this.minuteFor({ namespace, name, dimensions }, minute);
        for (const each of [value].flat()) {
          const rounded = Number.isInteger(each) ? each : Number(each.toPrecision(3));
          counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
        }
      }
    }
  }

  /** Of the whole minutes in this time, together; undefined where nothing was reported. */
  statistic(id: MetricId, statistic: string, from: number, to: number): number | undefined {
    const counts: (readonly [number, number])[] = [];
    const series = this.known.get(keyOf(id));
    if (!series) return undefined;
    for (let minute = minuteOf(from); minute < to; minute += MINUTE_MS) {
      counts.push(...(series.get(minute) ?? []));
    }
    return counts.length === 0 ? undefined : statisticOf(statistic, counts);
  }

  /** Of each minute for which something was reported, the oldest first. */
  datapoints(id: MetricId): readonly Datapoint[] {
    const minutes = [...(this.known.get(keyOf(id)) ?? [])].toSorted(
      ([one], [other]) => one - other,
    );
    return minutes.map(([at, counts]) => ({
      at,
      sum: statisticOf('Sum', [...counts]),
      sampleCount: statisticOf('SampleCount', [...counts]),
      minimum: statisticOf('Minimum', [...counts]),
      maximum: statisticOf('Maximum', [...counts]),
    }));
  }

  /** The metrics of this name that have this dimension, and no other. */
  withDimension(namespace: string, name: string, dimension: string): readonly MetricId[] {
    return [...this.ids.values()].filter(
      (id) =>
        id.namespace === namespace &&
        id.name === name &&
        Object.keys(id.dimensions).join() === dimension,
    );
  }

  private minuteFor(id: MetricId, minute: number): Minute {
    const key = keyOf(id);
    const series = this.known.get(key) ?? new Map<number, Minute>();
    this.known.set(key, series);
    this.ids.set(key, id);
    const known = series.get(minute);
    if (known instanceof Map) return known;
    for (const [at, each] of series) {
      if (at < minute - KEPT_MS) series.delete(at);
      else if (at < minute && each instanceof Map) series.set(at, new PastMinute(each));
    }
    // What is reported late is of a minute that was over.
    const counts: Minute = new Map(known);
    series.set(minute, counts);
    return counts;
  }
}

export const isStatistic = (name: string): boolean => name in statistics || PERCENTILE.test(name);

const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/;

type Counts = readonly (readonly [value: number, times: number])[];

const statistics: Readonly<Record<string, (counts: Counts) => number>> = {
  Sum: (counts) => counts.reduce((sum, [value, times]) => sum + value * times, 0),
  SampleCount: (counts) => counts.reduce((sum, [, times]) => sum + times, 0),
  Average: (counts) => statisticOf('Sum', counts) / statisticOf('SampleCount', counts),
  Minimum: (counts) => Math.min(...counts.map(([value]) => value)),
  Maximum: (counts) => Math.max(...counts.map(([value]) => value)),
};

function statisticOf(name: string, counts: Counts): number {
  const simple = statistics[name];
  if (simple) return simple(counts);
  const share = Number(PERCENTILE.exec(name)?.[1]) / 100;
  const sorted = counts.toSorted(([one], [other]) => one - other);
  let left = Math.ceil(share * statisticOf('SampleCount', counts));
  for (const [value, times] of sorted) {
    left -= times;
    if (left <= 0) return value;
  }
  return sorted.at(-1)?.[0] ?? Number.NaN;
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, name, ...sorted]);
}

function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}

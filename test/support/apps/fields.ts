import { Entries, Maybe } from './samples.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that may be null, by where they stand. Those of an object that several answers have are the same. */
export class FieldsSeen {
  private readonly paths = new Map<Maybe, string>();
  private readonly seen = new Set<Maybe>();

  /** Reads what these answers have, in the places that a sample has. */
  read(sample: unknown, answers: readonly unknown[], path: string): void {
    const known = answers.filter((each) => each !== null && each !== undefined);
    if (sample instanceof Maybe) {
      this.paths.set(sample, this.paths.get(sample) ?? path);
      if (known.length > 0) this.seen.add(sample);
      this.read(sample.value, known, path);
    } else if (sample instanceof Entries) {
      this.read(Object.values(sample.entries)[0], known.flatMap(valuesOf), `${path}{}`);
    } else if (Array.isArray(sample)) {
      this.read(sample[0], known.flat(), `${path}[]`);
    } else if (typeof sample === 'object' && sample !== null) {
      for (const [name, value] of Object.entries(sample)) {
        const inside = known.map((each) => (each as Fields)[name]);
        this.read(value, inside, `${path}.${name}`);
      }
    }
  }

  /** Where the fields stand that were always null. */
  alwaysNull(): readonly string[] {
    return [...this.paths].flatMap(([field, path]) => (this.seen.has(field) ? [] : [path]));
  }
}

const valuesOf = (each: unknown) => Object.values(each as Fields);

/** A promise, by its name in docs/architecture.md, and what contradicts it. */
export interface Check {
  readonly name: string;
  /** Of how much: a check of nothing proves nothing. */
  readonly checked: string;
  readonly broken: readonly string[];
}

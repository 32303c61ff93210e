/** A promise, by its name in docs/architecture.md, and what contradicts it. */
export interface Check {
  readonly name: string;
  /** How many of what were looked at: a check of nothing proves nothing. */
  readonly checked: number;
  readonly of: string;
  readonly broken: readonly string[];
}

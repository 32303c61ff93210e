/** One thing that runs, or is played, for the cloud on this machine. */
interface PartStatus {
  readonly name: string;
  /** Where it is reached; a part that listens nowhere has none. */
  readonly address?: string;
  readonly [fact: string]: unknown;
}

interface FunctionStatus {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly durations: { readonly mean: number; readonly longest: number };
  readonly [fact: string]: unknown;
}

/** What `/_dev/status` tells; more facts may stand beside these. */
export interface CloudStatus {
  readonly parts: readonly PartStatus[];
  readonly functions: readonly FunctionStatus[];
  readonly [fact: string]: unknown;
}

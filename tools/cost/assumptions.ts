/** What is neither in a template nor measured. Each stands in docs/cost.md with its reason. */
interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly why: string;
}

export const assumptions = {
  lambdaRatio: {
    value: 1,
    unit: 'of the time here',
    why: 'The measuring machine has two cores for all functions and engines together, and waits for them; Lambda gives each environment 0.58 of a core at 1,024 MB, and a network between it and the stores. The two are taken to be even',
  },
  coldShare: { value: 0.001, unit: 'of invocations', why: 'They start an environment' },
  coldMs: { value: 1000, unit: 'ms', why: 'An environment starts, which is billed' },
  traceShare: {
    value: 0.05,
    unit: 'of invocations',
    why: "X-Ray's default rule; the first trace of each second is left out",
  },
  sessionLookups: {
    value: 1,
    unit: 'per request',
    why: 'With many environments, hardly one remembers a session from a request before: each reads it (half a read unit)',
  },
  answerHeadBytes: { value: 500, unit: 'bytes', why: "An answer's status line and headers" },
  platformLogBytes: {
    value: 420,
    unit: 'bytes',
    why: "Lambda's own three lines for each invocation",
  },
  accessLogBytes: { value: 450, unit: 'bytes', why: "API Gateway's line for each request" },
  edgeLogBytes: { value: 330, unit: 'bytes', why: "The edge's line for each request" },
  requestBytes: {
    value: 900,
    unit: 'bytes',
    why: 'A request with its token, its other headers and a small body',
  },
  logLineBytes: { value: 26, unit: 'bytes', why: 'CloudWatch bills each line as so much longer' },
  logMonths: { value: 3, unit: 'months', why: "prod's retention" },
  logPacked: { value: 0.15, unit: 'of its size', why: 'Kept logs are compressed' },
  transactionMs: {
    value: 1,
    unit: 'ms of a core',
    why: 'A transaction of PostgreSQL, most of which are single reads by an index',
  },
  coresPerAcu: {
    value: 0.25,
    unit: 'cores',
    why: 'An ACU has 2 GB, and the cores that usually come with them',
  },
  databaseLoad: { value: 0.6, unit: 'of its cores', why: 'Aurora grows before a size is used up' },
  ioBytes: {
    value: 4096,
    unit: 'bytes',
    why: "A write to Aurora's log is billed in pieces of this size; reads come from memory",
  },
  orderBytes: {
    value: 12_000,
    unit: 'bytes',
    why: 'An order with its offers, trips, positions and indexes',
  },
  orderMonths: { value: 12, unit: 'months', why: 'Orders are kept' },
  backupShare: {
    value: 1,
    unit: 'of the data',
    why: "prod's backups of 35 days, beyond the size that is free",
  },
  captainBytes: { value: 4000, unit: 'bytes', why: 'A captain who is online, in Redis' },
  customMetrics: {
    value: 55,
    unit: 'metrics',
    why: 'What functions count, each with its function',
  },
} as const satisfies Record<string, Assumption>;

/** The number alone. */
export const assumed = (name: keyof typeof assumptions): number => assumptions[name].value;

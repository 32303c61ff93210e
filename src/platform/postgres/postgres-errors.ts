import * as z from 'zod';

/** What Prisma's adapter makes of an error of PostgreSQL's, wherever it hangs. */
const Cause = z.object({ kind: z.string(), originalCode: z.string().optional() });
const Prisma = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string(),
  meta: z
    .object({ driverAdapterError: z.object({ cause: Cause }) })
    .optional()
    .catch(undefined),
  /** Of what failed at the commit, which Prisma hands on as the adapter threw it. */
  cause: Cause.optional().catch(undefined),
});

interface Facts {
  /** The adapter's word for it. */
  readonly kind: string | undefined;
  /** PostgreSQL's five characters. */
  readonly state: string | undefined;
  /** Prisma's own code. */
  readonly code: string | undefined;
  readonly message: string;
}

function factsOf(error: unknown): Facts {
  const { code, message = '', meta, cause: thrown } = Prisma.safeParse(error).data ?? {};
  const cause = meta?.driverAdapterError.cause ?? thrown;
  return { kind: cause?.kind, state: cause?.originalCode, code, message };
}

const awayKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  // A password that is being changed: the next login has the new one.
  'AuthenticationFailed',
]);

/** Shutting down, starting up, broken connections; and what waited too long for a lock or for its turn. */
const awayStates = /^(08...|57P0[123]|57014|55P03)$/;

/** Prisma's own: no server, no connection in time, no transaction in time. */
const awayCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** pg's own sentences; it gives these errors no code. */
const unanswered = 'Query read timeout';
const awayMessages = [
  unanswered,
  'Connection terminated',
  'timeout exceeded when trying to connect',
  // What a transaction asks after its connection broke, or was given up.
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

/** Whether pg gave up waiting for the answer to a statement. */
export function isUnanswered(error: unknown): boolean {
  return factsOf(error).message === unanswered;
}

/** Whether the database could not be asked, or did not answer in time: nothing that the question did. */
export function isAway(error: unknown): boolean {
  const { kind = '', state = '', code = '', message } = factsOf(error);
  return (
    awayKinds.has(kind) ||
    awayStates.test(state) ||
    awayCodes.has(code) ||
    awayMessages.some((sentence) => message.startsWith(sentence))
  );
}

/** Whether a transaction collided with another one (40001, 40P01), and may succeed by itself. */
export function isContended(error: unknown): boolean {
  return factsOf(error).kind === 'TransactionWriteConflict';
}

const Violation = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({
        kind: z.literal('UniqueConstraintViolation'),
        constraint: z.object({ index: z.string() }),
      }),
    }),
  }),
});

/** The unique index that a statement ran into; undefined for every other error. */
export function violatedIndex(error: unknown): string | undefined {
  return Violation.safeParse(error).data?.meta.driverAdapterError.cause.constraint.index;
}

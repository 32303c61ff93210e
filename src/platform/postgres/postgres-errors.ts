import * as z from 'zod';

/** How Prisma's adapter represents an error of PostgreSQL. It may be the error itself, or be inside another one. */
const Cause = z.object({ kind: z.string(), originalCode: z.string().optional() });
const Prisma = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string(),
  meta: z
    .object({ driverAdapterError: z.object({ cause: Cause }) })
    .optional()
    .catch(undefined),
  /** Set if the commit failed: Prisma passes that error on as the adapter threw it. */
  cause: Cause.optional().catch(undefined),
});

interface Facts {
  /** The adapter's name for the error. */
  readonly kind: string | undefined;
  /** PostgreSQL's code, five characters. */
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
  // The password is being changed: the next login uses the new one.
  'AuthenticationFailed',
]);

/** PostgreSQL is shutting down or starting up, a connection broke, or a statement waited too long. */
const awayStates = /^(08...|57P0[123]|57014|55P03)$/;

/** Prisma's own codes: no server, no connection in time, no transaction in time. */
const awayCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);

/** pg's own messages. These errors have no code. */
const unanswered = 'Query read timeout';
const awayMessages = [
  unanswered,
  'Connection terminated',
  'timeout exceeded when trying to connect',
  // A statement of a transaction whose connection broke, or was closed by us.
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

/** Whether pg gave up waiting for the answer to a statement. */
export function isUnanswered(error: unknown): boolean {
  return factsOf(error).message === unanswered;
}

/** Whether the database could not be reached, or did not answer in time. The statement is not at fault. */
export function isAway(error: unknown): boolean {
  const { kind = '', state = '', code = '', message } = factsOf(error);
  return (
    awayKinds.has(kind) ||
    awayStates.test(state) ||
    awayCodes.has(code) ||
    awayMessages.some((sentence) => message.startsWith(sentence))
  );
}

/** Whether a transaction collided with another one (40001, 40P01). It may succeed when it is tried again. */
export function isContended(error: unknown): boolean {
  return factsOf(error).kind === 'TransactionWriteConflict';
}

/** Whether a row cannot be deleted or changed so, because another row refers to it (23503, 23001). */
export function isStillReferredTo(error: unknown): boolean {
  const { kind, state = '' } = factsOf(error);
  return kind === 'ForeignKeyConstraintViolation' || state === '23503' || state === '23001';
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

/** The unique index that a statement violated. Undefined for every other error. */
export function violatedIndex(error: unknown): string | undefined {
  return Violation.safeParse(error).data?.meta.driverAdapterError.cause.constraint.index;
}

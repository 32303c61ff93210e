/**
 * Every error that a client can be told of, once: the HTTP status, the sentence a person reads, what
 * it means, and what the client should do. A route lists the codes it can answer with.
 */
export const errors = {
  VALIDATION_ERROR: {
    status: 400,
    message: 'Some of what was sent is not valid. See the details and try again.',
    meaning: 'The body, the path or the query breaks the rules of this route; nothing was changed.',
    remedy: 'Correct the fields named in `details`; sending the same again fails again.',
  },
  MISSING_IDEMPOTENCY_KEY: {
    status: 400,
    message: 'Send an X-Idempotency-Key header of 8 to 128 letters, digits, "-" or "_".',
    meaning: 'This route changes something that must not happen twice, and the request has no key.',
    remedy: 'Make a UUID per intent and send it with every retry of that intent.',
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'Please log in to continue.',
    meaning: 'The request carries no access token, and the route needs one.',
    remedy: 'Send `Authorization: Bearer <access token>`.',
  },
  INVALID_TOKEN: {
    status: 401,
    message: 'Your login is not valid any more. Please log in again.',
    meaning: 'The access token is not one of ours, is damaged, or was signed by a retired key.',
    remedy: 'Refresh once; if that is refused too, log in again.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    message: 'Your login has expired. Please log in again.',
    meaning: 'The access token was valid and is too old now.',
    remedy: 'Refresh the access token and send the request again.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'Your account cannot do this.',
    meaning: 'The caller is known, and its role is not in the audience of this route.',
    remedy: 'Do not retry: log in with an account of the right role.',
  },
  NOT_FOUND: {
    status: 404,
    message: 'There is nothing here.',
    meaning: 'The path is unknown, or what it names does not exist or is not yours.',
    remedy: 'Check the method, the path and the id.',
  },
  CONCURRENT_REQUEST: {
    status: 409,
    message: 'Another request is being processed. Please wait a moment and try again.',
    meaning: 'The same intent, or another one that excludes it, is in flight.',
    remedy: 'Wait as long as `Retry-After` says, then send the same request with the same key.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: 'What was sent is too large.',
    meaning: 'The body is over the limit of this service.',
    remedy: 'Send less at once.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'Send the body as JSON, with the header "Content-Type: application/json".',
    meaning: 'The body came with another content type, or with none.',
    remedy: 'Set the header; the body is always one JSON object.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    message: 'This X-Idempotency-Key was already used for a different request.',
    meaning: 'The key is known with another body; nothing was changed.',
    remedy: 'Use a new key for a new intent, the same key only for the same body.',
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    message: 'Too many requests. Please wait a moment and try again.',
    meaning: 'The limit of this route for this caller is used up.',
    remedy: 'Wait for `retryAfterMs` (also in `Retry-After`), then go on more slowly.',
  },
  INTERNAL_ERROR: {
    status: 500,
    message: 'Something went wrong on our side. Please try again.',
    meaning: 'A fault of ours. The log knows it by the request id.',
    remedy: 'Retry with the same idempotency key; report `requestId` if it stays.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    message: 'The service is busy right now. Please try again in a moment.',
    meaning:
      'Something this route depends on cannot be reached, or did not answer in time. Whether anything was changed is not known.',
    remedy: 'Retry with growing pauses and the same idempotency key: it is done once.',
  },
  UNKNOWN_ACTION: {
    status: 400,
    message: 'This action is not known.',
    meaning:
      'A socket message named no action, or one that does not exist; the connection lives on.',
    remedy: 'Send one JSON object whose `action` is one of the documented ones.',
  },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly status: number;
  readonly message: string;
  readonly meaning: string;
  readonly remedy: string;
}

export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors).filter(isErrorCode);

function isErrorCode(code: string): code is ErrorCode {
  return code in errors;
}

export interface ErrorDetail {
  /** The field, as `vehicleRequirements.0.quantity`; empty for the body as a whole. */
  readonly path: string;
  readonly message: string;
}

interface ErrorFacts {
  readonly details?: ErrorDetail[];
  readonly retryAfterMs?: number;
  /** What the client needs to go on, such as the id of the order that is in the way. */
  readonly data?: Record<string, unknown>;
  readonly cause?: unknown;
}

/** An error that the client is meant to see. Whatever else is thrown becomes INTERNAL_ERROR. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly facts: Omit<ErrorFacts, 'cause'>;

  constructor(code: ErrorCode, { cause, ...facts }: ErrorFacts = {}) {
    super(errors[code].message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.status = errors[code].status;
    this.facts = facts;
  }
}

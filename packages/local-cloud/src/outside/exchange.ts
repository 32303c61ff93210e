import type { FaultError, PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';

/** An error as a service has one, before it is written the way that service writes it. */
export interface ServiceError extends FaultError {
  /** More members of the error's document, such as the list of bad fields. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown by a played operation that says no. */
export class Refusal extends Error {
  readonly error: ServiceError;

  constructor(error: ServiceError) {
    super(error.message);
    this.name = 'Refusal';
    this.error = error;
  }
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): PlayedResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** The document in a body, or undefined where there is none to be read. */
export function readJson({ body }: Pick<PlayedRequest, 'body'>): unknown {
  try {
    const document: unknown = JSON.parse(body.toString('utf8'));
    return document;
  } catch {
    return undefined;
  }
}

/** What an operation answers, or its refusal as its service writes one. */
export function answerOrRefusal(
  answer: () => PlayedResponse,
  write: (error: ServiceError) => PlayedResponse,
): PlayedResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refusal) return write(error.error);
    throw error;
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The id of the request that the running code is a part of. It is in every log line, and in every message that the code
 * sends, so one id finds what a request has caused: over the queues, the outbox and the sockets. A queue function works
 * on several messages at once, so the id belongs to the work and not to the function.
 */
const requests = new AsyncLocalStorage<string | undefined>();

export function asPartOf<T>(requestId: string | undefined, work: () => T): T {
  return requests.run(requestId, work);
}

export function requestOfNow(): string | undefined {
  return requests.getStore();
}

/** The message with the id. A message that waited keeps the id of the request that wrote it. */
export function withRequest<M extends object>(message: M): M & { readonly requestId?: string } {
  const requestId = requestOfNow();
  return requestId === undefined || 'requestId' in message ? message : { ...message, requestId };
}

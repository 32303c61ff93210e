import type { HttpMiddleware } from './call.ts';

const acceptable = /^[\w.:=-]{8,128}$/;

/** Opens the call: the client's request id if it sent a sane one, else the gateway's. */
export function requestId(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      const theirs = event.headers['x-request-id'];
      const id = theirs && acceptable.test(theirs) ? theirs : event.requestContext.requestId;
      context.call = {
        requestId: id,
        startedAt: performance.now(),
        address: event.requestContext.http.sourceIp,
        responseHeaders: { 'x-request-id': id },
        counted: Promise.resolve(),
      };
    },
  };
}

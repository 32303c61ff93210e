import type { HttpMiddleware } from './call.ts';

/** Answers must not be cached, framed, sniffed or run. A route whose answer may be cached declares it. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  // A link that was shared in public must not be found by a search.
  'x-robots-tag': 'noindex, nofollow',
} as const;

export function securityHeaders(): HttpMiddleware {
  return { before: ({ context }) => void Object.assign(context.call.responseHeaders, headers) };
}

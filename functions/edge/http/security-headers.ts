import type { HttpMiddleware } from './call.ts';

/** Nobody stores, frames, sniffs or runs what an API answers. A cacheable route says so itself. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

export function securityHeaders(): HttpMiddleware {
  return { before: ({ context }) => void Object.assign(context.call.responseHeaders, headers) };
}

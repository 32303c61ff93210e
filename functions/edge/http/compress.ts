import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpMiddleware } from './call.ts';

/** In characters. Only a page with all that it needs is larger; for less, it is not worth the time. */
const large = 50_000;
const gzipped = promisify(gzip);

/** Compresses large answers for clients that can read them: API Gateway does not. */
export function compress(): HttpMiddleware {
  return {
    after: async (request) => {
      const { event, response } = request;
      if (!response?.body || response.body.length < large) return;
      if (!/\bgzip\b/.test(event.headers['accept-encoding'] ?? '')) return;
      const body = await gzipped(response.body);
      request.response = {
        ...response,
        headers: { ...response.headers, 'content-encoding': 'gzip' },
        body: body.toString('base64'),
        isBase64Encoded: true,
      };
    },
  };
}

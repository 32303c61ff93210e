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
      const own = response.headers?.['vary'];
      // Whoever keeps the answer must not give it to a client that reads another encoding.
      const vary = own === undefined ? 'accept-encoding' : `${String(own)}, accept-encoding`;
      request.response = { ...response, headers: { ...response.headers, vary } };
      if (!readsGzip(event.headers['accept-encoding'])) return;
      const body = await gzipped(response.body);
      request.response = {
        ...response,
        headers: { ...response.headers, vary, 'content-encoding': 'gzip' },
        body: body.toString('base64'),
        isBase64Encoded: true,
      };
    },
  };
}

/** Whether gzip is among the encodings, and not refused: a weight of 0 says "not this one". */
function readsGzip(acceptEncoding = ''): boolean {
  return acceptEncoding.split(',').some((each) => {
    const [coding, ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    return coding === 'gzip' && !parameters.some((part) => /^q\s*=\s*0(\.0*)?$/.test(part));
  });
}

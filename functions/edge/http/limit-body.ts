import { AppError } from '../../../src/contract/errors.ts';
import { routeOf, type HttpMiddleware } from './call.ts';

/** The largest body that any route has a use for: a batch of 100 positions takes about 15 KiB. */
const maximumBodyBytes = 64 * 1024;

/** Refuses what no route can want before anyone looks into it. */
export function limitBody(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      const { body } = event;
      if (!body) return;
      // A base64 text is longer than what it stands for, so this refuses nothing that fits.
      const bytes = event.isBase64Encoded ? body.length * 0.75 : Buffer.byteLength(body);
      if (bytes > maximumBodyBytes) throw new AppError('PAYLOAD_TOO_LARGE');
      const route = routeOf(context.call);
      const wanted = route.body ? 'application/json' : route.text && 'text/plain';
      if (wanted && mediaTypeOf(event.headers['content-type']) !== wanted) {
        throw new AppError('UNSUPPORTED_MEDIA_TYPE');
      }
    },
  };
}

function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

import { AppError } from '../../../src/contract/errors.ts';
import { routeOf, type HttpMiddleware } from './call.ts';

/** No route needs a larger body: a batch of 100 positions takes about 15 KiB. */
const maximumBodyBytes = 64 * 1024;

/** Refuses a body that is too large for any route, before it is parsed. */
export function limitBody(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      const { body } = event;
      if (!body) return;
      // A body in base64 is measured by its decoded length, so a body that fits is never refused.
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

import { createHash } from 'node:crypto';
import { AppError } from '../../../contract/errors.ts';
import type { WatchedOrder } from '../../../contract/http/sharing/views.ts';
import built from './built.json' with { type: 'json' };
import { nearbyPlaces } from './nearby-places.ts';
import { unknownText } from './words.ts';
import { writeDocument } from './write-document.ts';

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The page loads nothing, may only ask where it came from, and runs nothing but the script that we built. So nothing
 * that a name on it says can run either.
 */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${sourceOf(built.script)}`,
    `style-src ${sourceOf(built.style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  vary: 'accept',
};

/**
 * Answers whoever opens a link: with JSON whoever asks for it, and with a page everybody else, for links are opened by
 * people. `headers` replace the usual ones.
 */
export async function answerWatcher(accept: string | undefined, watching: Promise<WatchedOrder>) {
  const wantsJson = accept?.includes('application/json') && !accept.includes('text/html');
  return wantsJson ? ({ status: 200, body: await watching } as const) : showPage(watching);
}

/** The page of an order that somebody watches; or, in the same form, that there is nothing to see. */
async function showPage(watching: Promise<WatchedOrder>) {
  try {
    const order = await watching;
    const places = await nearbyPlaces(order.pickup, order.drop);
    return { status: 200, body: writeDocument({ order, places }, built), headers } as const;
  } catch (error) {
    const body = (text: string) => writeDocument({ text }, built);
    if (error instanceof AppError && error.code === 'NOT_FOUND') {
      return { status: 404, body: body(unknownText), headers } as const;
    }
    if (error instanceof AppError && error.code === 'TRIP_ENDED') {
      return { status: 410, body: body(error.message), headers } as const;
    }
    throw error;
  }
}

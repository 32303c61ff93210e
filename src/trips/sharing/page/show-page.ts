import { createHash } from 'node:crypto';
import type { AppError, ErrorCode } from '../../../contract/errors.ts';
import type { WatchedOrder } from '../../../contract/http/sharing/views.ts';
import built from './built.json' with { type: 'json' };
import { nearbyPlaces } from './nearby-places.ts';
import { awayText, crowdedText, endedText, unknownText } from './words.ts';
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

/** Links are opened by people. Who wants JSON says so. */
const wantsJson = (accept: string | undefined): boolean =>
  accept !== undefined && accept.includes('application/json') && !accept.includes('text/html');

/**
 * Answers whoever opens a link: with JSON whoever asks for it, and with a page everybody else. `headers` replace the
 * usual ones.
 */
export async function answerWatcher(accept: string | undefined, watching: Promise<WatchedOrder>) {
  const order = await watching;
  if (wantsJson(accept)) return { status: 200, body: order } as const;
  const places = await nearbyPlaces(order.pickup, order.drop);
  return { status: 200, body: writeDocument({ order, places }, built), headers } as const;
}

/** Of these, coming again changes nothing. */
const finalWords: Readonly<Partial<Record<ErrorCode, string>>> = {
  NOT_FOUND: unknownText,
  // No link that we gave is so long.
  VALIDATION_ERROR: unknownText,
  TRIP_ENDED: endedText,
};

/** Why there is nothing to see, for a person: a page in the same form. Nothing for who wants JSON. */
export function refusalPage({ code }: AppError, accept: string | undefined) {
  if (wantsJson(accept)) return undefined;
  const final = finalWords[code];
  const passing = code === 'RATE_LIMIT_EXCEEDED' ? crowdedText : awayText;
  const shown = { text: final ?? passing, asksAgain: final === undefined };
  return { body: writeDocument(shown, built), headers };
}

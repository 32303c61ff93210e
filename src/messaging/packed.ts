import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { Reply } from '../contract/queues.ts';

type Replies = readonly z.output<typeof Reply>[];

/** Two hundred offers are a tenth as long when they are compressed: so they go in one message of the queue. */
export function pack(replies: Replies): string {
  return gzipSync(JSON.stringify(replies)).toString('base64');
}

export function unpack(packed: string): Replies {
  const json: unknown = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());
  return z.array(Reply).parse(json);
}

import * as z from 'zod';
import { type Kept, type PublishedEvent, type SentMessage, wentTo } from 'local-cloud';
import { parsed } from './parsed.ts';
import { jsonReply, type Reply, type Visit } from './visit.ts';

const limit = z.coerce.number().int().min(1).max(1_000).default(100);
/** A plus that nobody escaped arrives as a space. */
const to = z.string().trim().min(1).optional();

const WhichMessages = z.strictObject({ to, limit });
const WhichEvents = z.strictObject({ detailType: z.string().optional(), limit });

/** What would have left the building, newest first. */
export function showMessages(messages: Kept<SentMessage>, { query }: Visit): Reply {
  const { to: address, limit: most } = parsed(WhichMessages, query);
  const matches = (message: SentMessage) => address === undefined || wentTo(message, address);
  return jsonReply({ messages: messages.newestFirst(matches, most) });
}

/** What was put on event buses, newest first. */
export function showEvents(events: Kept<PublishedEvent>, { query }: Visit): Reply {
  const { detailType, limit: most } = parsed(WhichEvents, query);
  const matches = (event: PublishedEvent) =>
    detailType === undefined || event.detailType === detailType;
  return jsonReply({ events: events.newestFirst(matches, most) });
}

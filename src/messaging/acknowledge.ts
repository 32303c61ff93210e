import { newBroadcast } from '../contract/events/offers.ts';
import type { UnseenEvent } from '../contract/queues.ts';
import type { Clock } from '../platform/clock.ts';
import type { StateTable } from '../platform/aws/state-table.ts';

/** Longer than the time in which anybody asks whether an event was seen. */
const rememberedMs = 10 * 60_000;

/** By how much the clocks of two functions differ at most. */
const clocksDifferMs = 1000;

const itemsOf = (eventId: string) => `event#${eventId}`;
const offersOf = (orderId: string) => `offer#${orderId}`;
const seenBy = 'seen#';

/** Notes that a user has seen an event. */
export async function acknowledge(
  { eventId, userId }: { readonly eventId: string; readonly userId: string },
  { table, clock }: { readonly table: Pick<StateTable, 'put'>; readonly clock: Clock },
): Promise<void> {
  const endsAt = new Date(clock.now().getTime() + rememberedMs);
  await table.put({ pk: itemsOf(eventId), sk: `${seenBy}${userId}` }, {}, endsAt);
}

/** Notes that a user has seen the offer of an order, whichever its latest event was: the shipped apps do not name it. */
export async function acknowledgeOffer(
  { orderId, userId }: { readonly orderId: string; readonly userId: string },
  { table, clock }: { readonly table: Pick<StateTable, 'put'>; readonly clock: Clock },
): Promise<void> {
  const at = clock.now().getTime();
  const key = { pk: offersOf(orderId), sk: `${seenBy}${userId}` };
  await table.put(key, { at }, new Date(at + rememberedMs));
}

/** Who has said so of an event, or of its offer since the event was made. */
export async function usersWhoSaw(
  { id, event, data }: Pick<UnseenEvent, 'id' | 'event' | 'data'>,
  { table }: { readonly table: Pick<StateTable, 'list'> },
): Promise<ReadonlySet<string>> {
  const isOffer = event === newBroadcast.name;
  const [notes, ofOffer] = await Promise.all([
    table.list(itemsOf(id)),
    isOffer ? table.list(offersOf(String(data['orderId']))) : [],
  ]);
  const madeAt = Number(data['serverTimeMs']) - clocksDifferMs;
  const since = ofOffer.filter(({ at }) => Number(at) >= madeAt);
  const seen = [...notes, ...since].filter(({ sk }) => sk.startsWith(seenBy));
  return new Set(seen.map(({ sk }) => sk.slice(seenBy.length)));
}

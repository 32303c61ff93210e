import type { Clock } from '../platform/clock.ts';
import type { StateTable } from '../platform/aws/state-table.ts';

/** Longer than the time in which anybody asks whether an event was seen. */
const rememberedMs = 10 * 60_000;

const itemsOf = (eventId: string) => `event#${eventId}`;
const seenBy = 'seen#';

/** Notes that a user has seen an event. */
export async function acknowledge(
  { eventId, userId }: { readonly eventId: string; readonly userId: string },
  { table, clock }: { readonly table: Pick<StateTable, 'put'>; readonly clock: Clock },
): Promise<void> {
  const endsAt = new Date(clock.now().getTime() + rememberedMs);
  await table.put({ pk: itemsOf(eventId), sk: `${seenBy}${userId}` }, {}, endsAt);
}

export async function usersWhoSaw(
  eventId: string,
  { table }: { readonly table: Pick<StateTable, 'list'> },
): Promise<ReadonlySet<string>> {
  const notes = (await table.list(itemsOf(eventId))).filter(({ sk }) => sk.startsWith(seenBy));
  return new Set(notes.map(({ sk }) => sk.slice(seenBy.length)));
}

import * as z from 'zod';
import type { WeeloCloud } from '../../bench/weelo-cloud.ts';
import { everythingKept } from './engines/everything-kept.ts';

const Text = z.object({ S: z.string() });
const Item = z.object({
  pk: Text,
  expiresAt: z.object({ N: z.coerce.number() }),
  closedWith: Text.optional(),
  /** Of a socket: its session. */
  sid: Text.optional(),
});

/** The sessions that poll, the connections and the sockets of sessions that live: what ends is no part of it. */
export async function livingConnections(cloud: WeeloCloud): Promise<readonly string[]> {
  return (await living(cloud)).map(({ pk }) => pk.S);
}

/**
 * What should have ended: open sockets of which nothing is known, and what is known of sockets that are not open, or
 * whose session has ended, or of sessions without a connection or a connection without its session.
 */
export async function orphans(cloud: WeeloCloud): Promise<readonly string[]> {
  const all = await living(cloud);
  const known = new Set(all.map(({ pk }) => pk.S));
  const open = new Set(cloud.connectionIds());
  const isWhole = ({ pk, sid }: z.output<typeof Item>) => {
    const [kind, id = ''] = pk.S.split('#');
    if (kind === 'polling') return known.has(`connection#${id}`);
    if (id.startsWith('poll.')) return known.has(`polling#${id}`);
    return open.has(id) && (!sid || known.has(`polling#${sid.S}`));
  };
  const unknown = [...open].filter((id) => !known.has(`connection#${id}`));
  return [...all.filter((each) => !isWhole(each)).map(({ pk }) => pk.S), ...unknown];
}

async function living(cloud: WeeloCloud): Promise<readonly z.output<typeof Item>[]> {
  const database = cloud.processOf('orders').variables['DATABASE_NAME'] ?? '';
  const kept = await everythingKept(cloud.engines, database);
  return kept.flatMap(({ where, text }) => {
    if (!/^dynamodb .* (connection|polling)$/.test(where)) return [];
    const item = Item.parse(JSON.parse(text));
    return item.expiresAt.N > Date.now() / 1000 && !item.closedWith ? [item] : [];
  });
}

import * as z from 'zod';
import type { WeeloCloud } from '../../bench/weelo-cloud.ts';
import { everythingKept } from './engines/everything-kept.ts';

const Item = z.object({
  pk: z.object({ S: z.string() }),
  expiresAt: z.object({ N: z.coerce.number() }),
  closedWith: z.object({ S: z.string() }).optional(),
});

/** The sessions that poll, the connections and the sockets of sessions that live: what ends is no part of it. */
export async function livingConnections(cloud: WeeloCloud): Promise<readonly string[]> {
  const database = cloud.processOf('orders').variables['DATABASE_NAME'] ?? '';
  const kept = await everythingKept(cloud.engines, database);
  return kept.flatMap(({ where, text }) => {
    if (!/^dynamodb .* (connection|polling)$/.test(where)) return [];
    const { pk, expiresAt, closedWith } = Item.parse(JSON.parse(text));
    return expiresAt.N > Date.now() / 1000 && !closedWith ? [pk.S] : [];
  });
}

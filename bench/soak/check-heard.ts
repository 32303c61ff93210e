import { lineLost } from '../../city/live/api/line.ts';
import type { Check } from './check.ts';
import { checkComingBack } from './check-coming-back.ts';
import { checkStrangers } from './check-strangers.ts';
import { checkTold } from './check-told.ts';
import { about, type Heard } from './heard.ts';
import type { Sql } from './sql.ts';
import { hadTrucks } from './stored/claim.ts';

/** From the deadline until the phone has it. An offer is told again and again, and each time is on its way for a while. */
const onItsWayMs = 5000;
/** Until whoever lost is told, and whoever is told has noted it. */
const toldMs = 60_000;

/** By these a transporter learns that an order is not to be had any more. */
const endings = new Set([
  'order_expired',
  'order_cancelled',
  'broadcast_dismissed',
  'booking_fully_filled',
  'booking_completed',
]);

/** Said by the client itself, and the end of what it is told when it is back. */
const ofTheLine = new Set<string>([lineLost, 'resumed']);

interface Known {
  /** By the stage's own log: how often the delivery of an event failed. */
  readonly failedEvents: ReadonlyMap<string, number>;
  readonly unansweredPosts?: number;
  /** When the clients' logs were read. Default: now. */
  readonly heardUntil?: number;
}

/** What the clients' logs say, against what is stored and what else is known. */
export async function checkHeard(
  sql: Sql,
  heard: readonly Heard[],
  { failedEvents, unansweredPosts = 0, heardUntil = Date.now() }: Known,
): Promise<readonly Check[]> {
  const news = heard.filter(({ event }) => !ofTheLine.has(event));
  const all = {
    checked: news.length,
    of: `events that ${new Set(heard.map(({ user }) => user)).size} clients have heard`,
  };
  const offers = heard.filter(({ event }) => event === 'new_broadcast');
  const shown = { checked: offers.length, of: 'offers on phones' };
  const closed = await searchesOf(sql);
  const lost = await whoLost(sql);
  return [
    {
      name: 'P6: no offer is shown past its deadline',
      ...shown,
      broken: offers.flatMap((each) => shownLate(each, closed)),
    },
    {
      name: 'P8: each event is told to a client once, and again only if a delivery or a post had failed',
      ...all,
      // Which post it was, the log does not say: so many repetitions are explained.
      broken: toldTwice(heard, failedEvents).slice(unansweredPosts),
    },
    {
      name: 'P8: no client is told what was never committed',
      ...all,
      broken: fromTheFuture(heard, closed),
    },
    {
      name: 'P9: whoever lost an order knows it: no ghost stays on a screen',
      checked: lost.size,
      of: 'offers that were lost',
      broken: ghosts(heard, closed, lost),
    },
    ...(await checkStrangers(sql, heard)),
    ...(await checkTold(sql, heard, failedEvents, heardUntil)),
    await checkComingBack(sql, heard),
  ];
}

interface Stored {
  readonly id: string;
  readonly version: number;
  /** In milliseconds since 1970; null while the search is open. */
  readonly closedAt: number | null;
  readonly deadline: number;
}

async function searchesOf(sql: Sql): Promise<ReadonlyMap<string, Stored>> {
  const rows = await sql<Stored>(`
    SELECT id, event_version AS version, (extract(epoch FROM search_closed_at) * 1000)::float8 AS "closedAt",
      (extract(epoch FROM search_deadline) * 1000)::float8 AS deadline
    FROM weelo.orders`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Who was to be told that an order is gone: not who declined it, and not who had trucks of it when it ended. */
async function whoLost(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ pair: string }>(`
    SELECT f.transporter_id || ' ' || f.order_id AS pair
    FROM weelo.offers AS f JOIN weelo.orders AS o ON o.id = f.order_id
    WHERE f.closed_at >= o.search_closed_at AND f.answer IS DISTINCT FROM 'declined'
      AND NOT EXISTS (${hadTrucks('holds')}) AND NOT EXISTS (${hadTrucks('assignments')})`);
  return new Set(rows.map(({ pair }) => pair));
}

/** By the stored deadline, whatever the phone was told. */
function shownLate(heard: Heard, orders: ReadonlyMap<string, Stored>): readonly string[] {
  const ends = orders.get(heard.data?.orderId ?? '')?.deadline ?? 0;
  return heard.at > ends + onItsWayMs ? [`${about(heard)}, ${heard.at - ends} ms late`] : [];
}

function toldTwice(
  heard: readonly Heard[],
  failedEvents: ReadonlyMap<string, number>,
): readonly string[] {
  const known = new Set<string>();
  return heard
    .filter(({ id }) => id !== undefined && !failedEvents.has(id))
    .flatMap((each) => {
      const key = `${each.user} ${each.id}`;
      if (known.has(key)) return [`${about(each)} twice`];
      known.add(key);
      return [];
    });
}

/** An event of a version that the order has not reached was never committed. */
function fromTheFuture(
  heard: readonly Heard[],
  orders: ReadonlyMap<string, Stored>,
): readonly string[] {
  return heard.flatMap((each) => {
    const stored = orders.get(each.data?.orderId ?? '');
    const version = each.data?.eventVersion ?? 0;
    return stored && version > stored.version ? [`${about(each)} at version ${version}`] : [];
  });
}

/** Offers on a client's screen, of orders whose search is over. Whoever loses its line starts with an empty screen. */
function ghosts(
  heard: readonly Heard[],
  orders: ReadonlyMap<string, Stored>,
  lost: ReadonlySet<string>,
): readonly string[] {
  const shown = new Map<string, Heard>();
  const known = new Map<string, number>();
  for (const each of heard.filter(({ role }) => role === 'transporter')) {
    if (each.event === lineLost) forget(shown, each.user);
    const key = `${each.user} ${each.data?.orderId}`;
    const version = each.data?.eventVersion ?? 0;
    // As every client does: what is older than what it knows is dropped.
    if (version < (known.get(key) ?? 0)) continue;
    if (each.event === 'new_broadcast') shown.set(key, each);
    else if (endings.has(each.event)) shown.delete(key);
    else continue;
    known.set(key, version);
  }
  const now = Date.now();
  return [...shown].flatMap(([key, each]) => {
    const closedAt = orders.get(each.data?.orderId ?? '')?.closedAt;
    const isOwed = typeof closedAt === 'number' && closedAt < now - toldMs && lost.has(key);
    return isOwed ? [`${about(each)}, and never that it is over`] : [];
  });
}

function forget(shown: Map<string, Heard>, user: string): void {
  for (const [key, each] of shown) if (each.user === user) shown.delete(key);
}

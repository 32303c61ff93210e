import type { Check } from './check.ts';
import type { Heard } from './heard.ts';
import { hadLine, hadLineWithin, linesOf } from './lines.ts';
import type { Sql } from './sql.ts';

/** From the commit until whoever is on line has heard of it, whatever is sent again. */
const toldMs = 30_000;
/** From a delivery that failed to the next. */
const comesAgainMs = 30_000;
/** Whoever catches up is told all that is live within this time. */
const caughtUpMs = 10_000;
/** From a commit to the first post. What is over by then is not told any more (P10), and has no client to miss it. */
const onItsWayMs = 3000;

interface Committed {
  readonly id: string;
  readonly event: string;
  readonly to: readonly string[];
  readonly at: number;
  /** Until when an offer can be taken; null for what never ends. */
  readonly until: number | null;
}

interface Offered {
  readonly orderId: string;
  readonly user: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Nobody misses what was for it: all that was written down for being told, against what each client has heard until this
 * instant. The city lives on while the database is asked.
 */
export async function checkTold(
  sql: Sql,
  heard: readonly Heard[],
  failedEvents: ReadonlyMap<string, number>,
  heardUntil = Date.now(),
): Promise<readonly Check[]> {
  const lines = linesOf(heard);
  const owed = (await committed(sql, failedEvents))
    .flatMap((each) => each.to.map((user) => ({ ...each, user })))
    .filter(({ user, at, lateMs }) => hadLine(lines.get(user), at, at + lateMs + toldMs));
  const offers = await sql<Offered>(`
    SELECT f.order_id AS "orderId", f.transporter_id AS user, (extract(epoch FROM f.created_at) * 1000)::float8 AS "from",
      (extract(epoch FROM LEAST(f.closed_at, o.search_closed_at, o.search_deadline, now())) * 1000)::float8 AS until
    FROM weelo.offers AS f JOIN weelo.orders AS o ON o.id = f.order_id WHERE f.told_kinds <> '{}'`);
  const known = firstHeard(heard);
  const shown = new Set(
    heard
      .filter(({ event }) => event === 'new_broadcast')
      .map(({ user, data }) => `${user} ${data?.orderId}`),
  );
  const live = offers.filter(({ user, from, until: end }) => {
    const until = Math.min(end, heardUntil);
    return hadLineWithin(lines.get(user), { from, until, ms: caughtUpMs });
  });
  return [
    {
      name: 'P8: each event is heard by the clients that are on line',
      checked: owed.length,
      of: 'events, client by client',
      broken: owed
        .filter(({ id, user, at, lateMs }) => !heardBy(known.get(`${user} ${id}`), at + lateMs))
        .map(({ id, user, event }) => `${user} has not heard ${event} ${id} in time`),
    },
    {
      name: 'P10: whoever is on line, or comes back, sees each offer that is live',
      checked: live.length,
      of: 'offers',
      broken: live
        .filter(({ user, orderId }) => !shown.has(`${user} ${orderId}`))
        .map(({ user, orderId }) => `${user} has not seen the offer of ${orderId}`),
    },
  ];
}

/** When each client heard of each event for the first time. */
function firstHeard(heard: readonly Heard[]): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const { user, id, at } of heard) {
    if (id !== undefined && !known.has(`${user} ${id}`)) known.set(`${user} ${id}`, at);
  }
  return known;
}

const heardBy = (heardAt: number | undefined, at: number) =>
  heardAt !== undefined && heardAt <= at + toldMs;

/** What must have been told by now, and how late it may be. */
async function committed(sql: Sql, failedEvents: ReadonlyMap<string, number>) {
  const events = await sql<Committed>(`
    SELECT id, message ->> 'event' AS event, message -> 'to' AS "to", (extract(epoch FROM created_at) * 1000)::float8 AS at,
      (extract(epoch FROM (message -> 'data' ->> 'expiresAt')::timestamptz) * 1000)::float8 AS until
    FROM weelo.outbox WHERE queue = 'notify' AND message ->> 'event' IS NOT NULL`);
  const now = Date.now();
  return (
    events
      .map((each) => ({ ...each, lateMs: (failedEvents.get(each.id) ?? 0) * comesAgainMs }))
      .filter(({ at, lateMs }) => at + lateMs < now - 2 * toldMs)
      // P10: an offer that is over when its message comes must not be shown any more.
      .filter(({ at, lateMs, until }) => (until ?? Infinity) > at + lateMs + onItsWayMs)
  );
}

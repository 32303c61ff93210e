import { lineLost } from '../../city/live/api/line.ts';
import type { Check } from './check.ts';
import type { Heard } from './heard.ts';
import type { Sql } from './sql.ts';

/** Whoever catches up is told all that is live within this time. */
const caughtUpMs = 10_000;
/** From a commit until whoever asks what is live is told of it. */
const readableMs = 3000;

/** When an order was on offer to a transporter. */
interface Offered {
  readonly orderId: string;
  readonly user: string;
  readonly from: number;
  readonly until: number;
}

/** Whoever comes back is told again what is live, also what it had seen before. */
export async function checkComingBack(sql: Sql, heard: readonly Heard[]): Promise<Check> {
  // By the events that were written down: from an offer until its next end, or that of the search. Whoever answered
  // may see it no more without being told.
  const offers = await sql<Offered>(`
    WITH told AS MATERIALIZED (
      SELECT order_id, whom, event_version, (extract(epoch FROM created_at) * 1000)::float8 AS at,
        message ->> 'event' = 'new_broadcast' AS shows
      FROM weelo.outbox, jsonb_array_elements_text(message -> 'to') AS whom
      WHERE message ->> 'event' IN ('new_broadcast', 'order_expired', 'order_cancelled', 'broadcast_dismissed',
        'booking_fully_filled')
    )
    SELECT "orderId", "user", "from", until FROM (
      SELECT t.order_id AS "orderId", t.whom AS "user", t.at AS "from", t.shows,
        LEAST(min(t.at) FILTER (WHERE NOT t.shows) OVER later, (extract(epoch FROM o.search_closed_at) * 1000)::float8,
          (extract(epoch FROM o.search_deadline) * 1000)::float8) AS until
      FROM told AS t JOIN weelo.orders AS o ON o.id = t.order_id
      JOIN weelo.offers AS f ON f.order_id = t.order_id AND f.transporter_id::text = t.whom
      WHERE f.answer IS NULL
      WINDOW later AS (PARTITION BY t.order_id, t.whom ORDER BY t.event_version
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ) AS told_and_until WHERE shows`);
  const seen = Map.groupBy(
    heard.filter(({ event }) => event === 'new_broadcast'),
    ({ user, data }) => `${user} ${data?.orderId}`,
  );
  const owed = returnsOf(heard).flatMap((back) =>
    offers
      .filter(({ user }) => user === back.user)
      .filter(({ from, until }) => from < back.at - readableMs && until > back.at)
      .map(({ orderId }) => ({ ...back, orderId })),
  );
  return {
    name: 'P10: whoever comes back is told again each offer that is live',
    checked: owed.length,
    of: 'offers that were live when somebody came back',
    broken: owed
      .filter(({ user, orderId, lostAt, at }) => {
        const times = seen.get(`${user} ${orderId}`) ?? [];
        return !times.some((each) => each.at >= lostAt && each.at <= at + caughtUpMs);
      })
      .map(({ user, orderId }) => `${user} was not told again of ${orderId}`),
  };
}

/** Each time that a client had lost its line and has it again. */
function returnsOf(heard: readonly Heard[]) {
  const lost = new Map<string, number>();
  return heard.flatMap(({ user, event, at }) => {
    if (event === lineLost) lost.set(user, at);
    const lostAt = lost.get(user);
    if (event !== 'resumed' || lostAt === undefined) return [];
    lost.delete(user);
    return [{ user, at, lostAt }];
  });
}

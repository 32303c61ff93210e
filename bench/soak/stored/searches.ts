import { count, repaired, type Claim } from './claim.ts';

/** P1, P2, P3 and P6: the searches of customers. */
export const searches: readonly Claim[] = [
  {
    name: 'P1: a customer has one open search at a time',
    of: 'orders',
    counted: count('weelo.orders'),
    broken: `
      SELECT 'customer ' || one.customer_id || ' placed ' || other.id || ' while ' || one.id || ' was open' AS broken
      FROM weelo.orders AS one JOIN weelo.orders AS other
        ON other.customer_id = one.customer_id AND other.id <> one.id AND other.created_at >= one.created_at
       AND other.created_at < LEAST(one.search_closed_at, one.search_deadline)`,
  },
  {
    name: 'P2: one intent makes one order',
    of: 'intents',
    counted: count('(SELECT DISTINCT customer_id, idempotency_key FROM weelo.orders) AS intents'),
    broken: `
      SELECT 'key ' || idempotency_key || ' made ' || count(*) || ' orders' AS broken
      FROM weelo.orders GROUP BY customer_id, idempotency_key HAVING count(*) > 1`,
  },
  {
    name: 'P3: no two orders of a customer were placed at the same moment',
    of: 'orders that follow another one',
    counted: count(`weelo.orders AS other WHERE EXISTS (
      SELECT FROM weelo.orders AS one WHERE one.customer_id = other.customer_id AND one.id < other.id)`),
    broken: `
      SELECT 'orders ' || one.id || ' and ' || other.id AS broken
      FROM weelo.orders AS one JOIN weelo.orders AS other
        ON other.customer_id = one.customer_id AND one.id < other.id
       AND abs(extract(epoch FROM other.created_at - one.created_at)) < 1`,
  },
  {
    name: 'P6: no search is open past its deadline, beyond the reconciler',
    of: 'searches',
    counted: count('weelo.orders'),
    broken: `
      SELECT 'order ' || id || ' is open since ' || search_deadline AS broken
      FROM weelo.orders WHERE search_closed_at IS NULL AND search_deadline < now() - ${repaired}`,
  },
  {
    name: 'P6: no driver is asked past the time to answer, and no hold is active past its own',
    of: 'assignments and holds',
    counted: `SELECT ((SELECT count(*) FROM weelo.assignments) + (SELECT count(*) FROM weelo.holds))::int AS count`,
    broken: `
      SELECT 'assignment ' || id AS broken FROM weelo.assignments
      WHERE status = 'pending' AND answer_by < now() - ${repaired}
      UNION ALL
      SELECT 'hold ' || id FROM weelo.holds WHERE status = 'active' AND expires_at < now() - ${repaired}`,
  },
];

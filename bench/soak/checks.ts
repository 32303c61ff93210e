import { brokenMarket } from '../../test/support/faults/market-invariants.ts';
import type { Sql } from '../../test/support/faults/order-invariants.ts';
import type { Check } from './check.ts';
import { checkHeard } from './check-heard.ts';
import type { Heard } from './heard.ts';

/** Each statement gives what is broken, in a sentence each. Clocks are the database's. */
const statements: Readonly<Record<string, string>> = {
  'P1 and P3: a customer has one open search at a time': `
    SELECT 'customer ' || one.customer_id || ' placed ' || other.id || ' while ' || one.id || ' was open' AS broken
    FROM weelo.orders AS one JOIN weelo.orders AS other
      ON other.customer_id = one.customer_id AND other.id > one.id
     AND other.created_at < LEAST(one.search_closed_at, one.search_deadline)`,
  'P2: one intent makes one order': `
    SELECT 'key ' || idempotency_key || ' made ' || count(*) || ' orders' AS broken
    FROM weelo.orders GROUP BY customer_id, idempotency_key HAVING count(*) > 1`,
  'P4: nothing is held or offered after the deadline': `
    SELECT 'hold ' || h.id || ' of order ' || o.id AS broken
    FROM weelo.holds AS h JOIN weelo.orders AS o ON o.id = h.order_id
    WHERE NOT h.after_no AND h.created_at > o.search_deadline
    UNION ALL
    SELECT 'offer of order ' || o.id || ' to ' || f.transporter_id
    FROM weelo.offers AS f JOIN weelo.orders AS o ON o.id = f.order_id WHERE f.created_at > o.search_deadline`,
  'P5: never more trucks filled than asked for': `
    SELECT 'order ' || o.id || ' has ' || count(*) || ' of ' || o.needed || ' trucks' AS broken
    FROM weelo.orders AS o JOIN weelo.assignments AS a ON a.order_id = o.id
    WHERE a.status NOT IN ('driver_declined', 'timed_out', 'cancelled')
    GROUP BY o.id HAVING count(*) > o.needed`,
  'P6: no search is open past its deadline, beyond the reconciler': `
    SELECT 'order ' || id || ' is open since ' || search_deadline AS broken
    FROM weelo.orders WHERE search_closed_at IS NULL AND search_deadline < now() - interval '150 seconds'`,
  'P8: nothing waits to be told': `
    SELECT 'event ' || id || ' of order ' || order_id || ' waits since ' || created_at AS broken
    FROM weelo.outbox WHERE relayed_at IS NULL AND created_at < now() - interval '150 seconds'`,
  'P8: nothing was parked': `SELECT 'event ' || id AS broken FROM weelo.outbox WHERE parked_at IS NOT NULL`,
  'P11: no vehicle or driver is on two live trips': `
    SELECT 'driver ' || live_driver_id AS broken FROM weelo.assignments
    WHERE live_driver_id IS NOT NULL GROUP BY live_driver_id HAVING count(*) > 1
    UNION ALL
    SELECT 'vehicle ' || live_vehicle_id FROM weelo.assignments
    WHERE live_vehicle_id IS NOT NULL GROUP BY live_vehicle_id HAVING count(*) > 1`,
  'Answers: no driver is asked past the time to answer, beyond the reconciler': `
    SELECT 'assignment ' || id AS broken FROM weelo.assignments
    WHERE status = 'pending' AND answer_by < now() - interval '150 seconds'`,
};

export async function checksOf(sql: Sql, heard: readonly Heard[]): Promise<readonly Check[]> {
  const [counted] = await sql<{ orders: number; trips: number }>(
    `SELECT (SELECT count(*)::int FROM weelo.orders) AS orders, (SELECT count(*)::int FROM weelo.assignments) AS trips`,
  );
  const { orders = 0, trips = 0 } = counted ?? {};
  const checked = `${orders} orders, ${trips} assignments`;
  const stored: Check[] = [];
  for (const [name, text] of Object.entries(statements)) {
    const rows = await sql<{ broken: string }>(text);
    stored.push({ name, checked, broken: rows.map(({ broken }) => broken) });
  }
  const market = await brokenMarket(sql);
  const name =
    'P4 to P11: orders, trucks, holds, crews, events and offers say the same, row by row';
  return [...stored, { name, checked, broken: market }, ...(await checkHeard(sql, heard))];
}
